"""Logins: who is logged in, and until when."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from db import UtcDateTime, db
from models.errors import NoSuchUser
from models.user import UserModel


class LoginModel(db.Model):
    """A login: all the tokens that came of one username and password.

    Tokens carry the id of their login. They are good for as long as it stands here.
    """

    __tablename__ = "logins"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[UserModel] = relationship(lazy="raise")
    # Of its refresh tokens, the one that can be spent, and the one spent before it.
    refresh_jti: Mapped[str] = mapped_column(String(36))
    spent_jti: Mapped[str | None] = mapped_column(String(36))
    spent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When its last refresh token expires, after which nobody needs to know of it.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    @classmethod
    def find(cls, login_id):
        """Return the login of that id with its user, or None if it has ended."""
        return db.session.scalar(LOGIN_BY_ID, {"id": login_id})

    @classmethod
    def start(cls, user, lifetime):
        """Log a user in, whose password was compared, and return the login.

        Raise NoSuchUser if the user was deleted, or the password changed, since then.
        """
        login = cls(
            id=str(uuid4()),
            user=user,
            refresh_jti=str(uuid4()),
            expires_at=datetime.now(UTC) + lifetime,
        )
        db.session.add(login)
        try:
            db.session.flush()
        except IntegrityError:
            db.session.rollback()
            raise NoSuchUser from None
        # A change of the password ends all logins but one, but cannot see ours before
        # it is committed. FOR SHARE: until then, a change must wait, or we wait for it.
        same = db.select(UserModel.id).filter_by(
            id=user.id, password_hash=user.password_hash
        )
        if db.session.scalar(same.with_for_update(read=True)) is None:
            db.session.rollback()
            raise NoSuchUser
        db.session.commit()
        return login

    @classmethod
    def spend(cls, login_id, jti, lifetime, grace):
        """Spend a refresh token, and return its login, which has another one then.

        Two tabs of a browser may spend the same token at the same moment. So the token
        before the last is good for some seconds of grace: both tabs get the same new
        token. After that, a thief has sent it, or somebody who was robbed. Nobody can
        tell which of them, so the login ends, and None is returned.
        """
        now = datetime.now(UTC)
        new = {"refresh_jti": str(uuid4()), "spent_jti": jti, "spent_at": now}
        # To see that it is the last one and to spend it is one step here: of several
        # requests at the same moment, one does it.
        update = db.update(cls).where(cls.id == login_id, cls.refresh_jti == jti)
        spent = db.session.execute(update.values(expires_at=now + lifetime, **new))
        db.session.commit()
        as_it_is_now = {"populate_existing": True}
        login = db.session.scalar(
            LOGIN_BY_ID, {"id": login_id}, execution_options=as_it_is_now
        )
        if login is None or spent.rowcount == 1:
            return login
        if login.spent_jti == jti and now - login.spent_at <= grace:
            return login
        cls.end(login_id)
        return None

    def change_password(self, password):
        """Change the password of the user, and end all other logins of that user.

        Return whether it is changed: not if another request was faster.
        """
        cls = type(self)
        if not self.user.set_password(password):
            db.session.rollback()
            return False
        others = db.delete(cls).where(cls.user_id == self.user_id, cls.id != self.id)
        db.session.execute(others)
        db.session.commit()
        return True

    @classmethod
    def end(cls, login_id):
        """End a login, with all its tokens."""
        db.session.execute(db.delete(cls).where(cls.id == login_id))
        db.session.commit()

    @classmethod
    def purge(cls):
        """Delete the logins whose tokens have all expired; return how many."""
        expired = db.delete(cls).where(cls.expires_at < datetime.now(UTC))
        deleted = db.session.execute(expired).rowcount
        db.session.commit()
        return deleted


# Every request with a token asks this: see ITEM_BY_NAME.
LOGIN_BY_ID = (
    db.select(LoginModel)
    .where(LoginModel.id == db.bindparam("id"))
    .options(joinedload(LoginModel.user, innerjoin=True))
)

"""Logins: the sessions that tokens belong to."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db import NoSuchUser, UtcDateTime, db
from models.user import UserModel


class LoginModel(db.Model):
    """A login: the session that begins when a user sends an address and a password.

    Each of its tokens contains its id, and is revoked when this row is deleted.
    """

    __tablename__ = "logins"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[UserModel] = relationship()
    # The ids (jti) of the current refresh token, and of the one that it replaced.
    refresh_jti: Mapped[str] = mapped_column(String(36))
    rotated_jti: Mapped[str | None] = mapped_column(String(36))
    rotated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the header X-CSRF-TOKEN must contain. All refresh tokens of a login have the
    # same: if two tabs refresh at once, a header from before still fits the new cookie.
    csrf_token: Mapped[str] = mapped_column(String(36))
    # When the current refresh token expires; after that, the row is not needed.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    @classmethod
    def find(cls, login_id):
        """Return the login with that id, or None if it has ended."""
        return db.session.get(cls, login_id)

    @classmethod
    def start(cls, user, lifetime):
        """Log a user in and return the login; raise NoSuchUser.

        Since the credentials were checked, another request may have deleted the user,
        or set another password.
        """
        login = cls(
            id=str(uuid4()),
            user=user,
            refresh_jti=str(uuid4()),
            csrf_token=str(uuid4()),
            expires_at=datetime.now(UTC) + lifetime,
        )
        db.session.add(login)
        try:
            db.session.flush()
        except IntegrityError:
            db.session.rollback()
            raise NoSuchUser from None
        # A request that resets the password ends all logins, but cannot see this one
        # before its commit. FOR SHARE makes one of the two requests wait.
        unchanged = db.select(UserModel.id).filter_by(
            id=user.id, password_hash=user.password_hash
        )
        if db.session.scalar(unchanged.with_for_update(read=True)) is None:
            db.session.rollback()
            raise NoSuchUser
        db.session.commit()
        return login

    @classmethod
    def rotate(cls, login_id, jti, lifetime, grace_period):
        """Replace a refresh token with a new one; return the login, or None.

        A rotated token that is used again ends the login (reuse detection), since it
        may be stolen. But several requests may find out at the same time that their
        access token has expired: during a grace period, the previous token can still
        be used, for the same new token.
        """
        now = datetime.now(UTC)
        new = {"refresh_jti": str(uuid4()), "rotated_jti": jti, "rotated_at": now}
        # One statement checks the token and replaces it: of several simultaneous
        # requests, only one succeeds.
        update = db.update(cls).where(cls.id == login_id, cls.refresh_jti == jti)
        rotated = db.session.execute(update.values(expires_at=now + lifetime, **new))
        db.session.commit()
        login = db.session.get(cls, login_id, populate_existing=True)
        if login is None or rotated.rowcount == 1:
            return login
        if login.rotated_jti == jti and now - login.rotated_at <= grace_period:
            return login
        cls.end(login_id)
        return None

    @classmethod
    def end(cls, login_id):
        """End a login, and so revoke all its tokens."""
        db.session.execute(db.delete(cls).where(cls.id == login_id))
        db.session.commit()

    @classmethod
    def end_all(cls, user_id):
        """End all logins of a user, without a commit."""
        db.session.execute(db.delete(cls).where(cls.user_id == user_id))

    @classmethod
    def purge(cls):
        """Delete the logins whose tokens have expired; return how many."""
        expired = db.delete(cls).where(cls.expires_at < datetime.now(UTC))
        deleted = db.session.execute(expired).rowcount
        db.session.commit()
        return deleted

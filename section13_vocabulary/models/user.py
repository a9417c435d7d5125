"""Users, who log in with their e-mail address and a password."""

from datetime import datetime
from secrets import token_urlsafe

from flask import current_app
from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash

from clock import now
from db import NameTaken, UtcDateTime, db


class UserModel(db.Model):
    """A user, who can log in. Only a hash of the password is stored."""

    __tablename__ = "users"
    __table_args__ = {"sqlite_autoincrement": True}  # no id is ever reused

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(256))
    role: Mapped[str] = mapped_column(String(10), default="user")  # or "admin"
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminders: Mapped[bool] = mapped_column(default=True)
    # In the link that stops the reminders, and of no use for anything else. It is
    # short, to keep the header with the link short.
    unsubscribe_token: Mapped[str] = mapped_column(
        String(22), unique=True, default=lambda: token_urlsafe(16)
    )

    @property
    def is_admin(self):
        """Whether the user is an admin."""
        return self.role == "admin"

    @classmethod
    def find(cls, user_id):
        """Return the user of that id, or None."""
        return db.session.get(cls, user_id)

    @classmethod
    def find_by_email(cls, email):
        """Return the user with that address, or None."""
        return db.session.scalar(db.select(cls).filter_by(email=email))

    @classmethod
    def find_page(cls, first, size):
        """Return a page of users, and how many users there are."""
        total = db.session.scalar(db.select(db.func.count()).select_from(cls))
        # An offset beyond the last user may be too large a number for the database.
        page = db.select(cls).order_by(cls.id).offset(min(first, total)).limit(size)
        return db.session.scalars(page).all(), total

    @classmethod
    def register(cls, email, name, password):
        """Add a user whose address is not confirmed yet, without a commit.

        Until an address is confirmed, a newer registration replaces an older one, which
        may be that of an attacker, who cannot read the e-mails to this address. A
        confirmed user does not change.
        """
        new = {"name": name, "password_hash": hash_password(password)}
        unconfirmed = db.update(cls).filter_by(email=email, confirmed_at=None)
        if db.session.execute(unconfirmed.values(new)).rowcount == 1:
            return
        try:
            # A savepoint: if the row is rejected, the rest of the transaction remains.
            with db.session.begin_nested():
                db.session.add(cls(email=email, **new))
        except IntegrityError:  # the user is confirmed, or another request was first
            pass

    @classmethod
    def add_confirmed(cls, email, name, password):
        """Add a user with a confirmed address; raise NameTaken if it is in use."""
        user = cls(email=email, name=name, confirmed_at=now())
        user.password_hash = hash_password(password)
        db.session.add(user)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            raise NameTaken from None

    @classmethod
    def find_by_login(cls, email, password):
        """Return the user with these credentials, or None."""
        user = cls.find_by_email(email)
        db.session.commit()  # free the connection: what follows takes a while
        if user is None:
            # Take as long as for a wrong password: otherwise, the response time tells
            # an attacker which addresses are registered.
            hash_password(password)
            return None
        return user if check_password_hash(user.password_hash, password) else None

    def confirm(self, **new):
        """Record that the user has opened a link in an e-mail, without a commit.

        Return whether it was recorded: another request may just have set another
        password, by a registration of the same address for instance.
        """
        cls = type(self)
        same = db.update(cls).filter_by(id=self.id, password_hash=self.password_hash)
        confirmed = same.values(confirmed_at=self.confirmed_at or now(), **new)
        return db.session.execute(confirmed).rowcount == 1

    def reset_password(self, password):
        """Set a new password, without a commit; return whether it was set.

        The link came by e-mail, so it confirms the address, too.
        """
        return self.confirm(password_hash=hash_password(password))

    def change(self, name, reminders):
        """Change what users may change about themselves."""
        self.name, self.reminders = name, reminders
        db.session.commit()

    @classmethod
    def unsubscribe(cls, token):
        """Stop the reminders of the user with that token; return if there is one."""
        update = db.update(cls).filter_by(unsubscribe_token=token)
        changed = db.session.execute(update.values(reminders=False)).rowcount
        db.session.commit()
        return changed == 1

    @classmethod
    def set_role(cls, email, role):
        """Give a user a role; return whether the user exists."""
        update = db.update(cls).filter_by(email=email).values(role=role)
        changed = db.session.execute(update).rowcount
        db.session.commit()
        return changed == 1

    @classmethod
    def delete(cls, user_id):
        """Delete a user with all data; return whether the user existed."""
        deleted = db.session.execute(db.delete(cls).where(cls.id == user_id)).rowcount
        db.session.commit()
        return deleted == 1


def hash_password(password):
    """Return a salted hash, from which the password cannot be computed."""
    return generate_password_hash(password, current_app.config["PASSWORD_HASH"])

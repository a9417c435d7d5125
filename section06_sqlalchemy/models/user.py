"""Users, who can log in."""

from flask import current_app
from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash

from db import NameTaken, db


class UserModel(db.Model):
    """A user, who can log in. Only a hash of the password is stored."""

    __tablename__ = "users"
    __table_args__ = {"sqlite_autoincrement": True}  # no id is ever reused

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(256))

    @classmethod
    def add(cls, username, password):
        """Add a user and return it; raise NameTaken if the name is in use."""
        user = cls(username=username, password_hash=hash_password(password))
        db.session.add(user)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            raise NameTaken from None
        return user

    @classmethod
    def find_by_login(cls, username, password):
        """Return the user with these credentials, or None."""
        user = db.session.scalar(db.select(cls).where(cls.username == username))
        db.session.commit()  # free the connection: what follows takes a while
        if user is None:
            # Take as long as for a wrong password: the response time must not tell an
            # attacker which usernames exist.
            hash_password(password)
            return None
        return user if check_password_hash(user.password_hash, password) else None


def hash_password(password):
    """Return a salted hash, from which the password cannot be computed."""
    return generate_password_hash(password, current_app.config["PASSWORD_HASH"])

"""Users, who can log in."""

import secrets

from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash

from db import db
from models.errors import NameTaken


class UserModel(db.Model):
    """Somebody who may log in. Of the password we only keep a hash."""

    __tablename__ = "users"
    __table_args__ = {"sqlite_autoincrement": True}  # no number is used twice

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(256))
    role: Mapped[str] = mapped_column(String(10), default="user")  # or "admin"

    @property
    def is_admin(self):
        """Whether this user may do what only admins may."""
        return self.role == "admin"

    @classmethod
    def find(cls, username):
        """Return the user of that name, or None."""
        return db.session.scalar(db.select(cls).where(cls.username == username))

    @classmethod
    def find_by_id(cls, user_id):
        """Return the user of that id, or None."""
        return db.session.get(cls, user_id)

    @classmethod
    def add(cls, username, password):
        """Add a user and return it; raise NameTaken if there is one of that name."""
        password_hash = generate_password_hash(password)
        user = cls(username=username, password_hash=password_hash)
        db.session.add(user)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            raise NameTaken from None
        return user

    @classmethod
    def find_by_login(cls, username, password):
        """Return the user with that name and password, or None."""
        user = cls.find(username)
        # If there is no such user, a hash is computed all the same: nobody learns
        # from the time an answer takes which usernames exist.
        known_hash = user.password_hash if user else NOBODYS_HASH
        return user if check_password_hash(known_hash, password) else None

    def has_password(self, password):
        """Return whether this is the user's password."""
        return check_password_hash(self.password_hash, password)

    def set_password(self, password):
        """Take another password, of which we keep the hash.

        Return whether it is taken: not if the user has been deleted, or has taken
        another one, since we have found the user.
        """
        cls = type(self)
        same = db.update(cls).filter_by(id=self.id, password_hash=self.password_hash)
        update = same.values(password_hash=generate_password_hash(password))
        return db.session.execute(update).rowcount == 1

    @classmethod
    def set_role(cls, username, role):
        """Give a user a role; return whether there is a user of that name."""
        update = db.update(cls).where(cls.username == username)
        changed = db.session.execute(update.values(role=role)).rowcount
        db.session.commit()
        return changed == 1

    @classmethod
    def delete(cls, user_id):
        """Delete a user, and so that user's logins; return whether there was one."""
        deleted = db.session.execute(db.delete(cls).where(cls.id == user_id)).rowcount
        db.session.commit()
        return deleted == 1


NOBODYS_HASH = generate_password_hash(secrets.token_hex())

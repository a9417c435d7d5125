"""What we know: items and users, in memory, until the process ends."""

import secrets
import threading
from dataclasses import dataclass

from werkzeug.security import check_password_hash, generate_password_hash

# Flask answers each request in a thread of its own, many at the same time.
# Only the one that holds the lock may look at items or change them. (Users are only
# added while the app is made, when nobody asks yet.)
lock = threading.Lock()


class NameTaken(Exception):
    """There is one of that name already."""


@dataclass
class ItemModel:
    """An item: its name and its price in cents."""

    name: str
    price: int

    kept = {}  # every item, by its name

    @classmethod
    def find_all(cls):
        """Return every item."""
        with lock:
            return list(cls.kept.values())

    @classmethod
    def find(cls, name):
        """Return the item of that name, or None."""
        with lock:
            return cls.kept.get(name)

    @classmethod
    def add(cls, name, price):
        """Add an item and return it; raise NameTaken if there is one of that name."""
        with lock:
            if name in cls.kept:
                raise NameTaken
            cls.kept[name] = cls(name, price)
            return cls.kept[name]

    @classmethod
    def put(cls, name, price):
        """Add or replace an item; return it, and whether it is new."""
        with lock:
            is_new = name not in cls.kept
            cls.kept[name] = cls(name, price)
            return cls.kept[name], is_new

    @classmethod
    def delete(cls, name):
        """Delete an item; return whether there was one."""
        with lock:
            return cls.kept.pop(name, None) is not None


@dataclass
class UserModel:
    """Somebody who may log in. Of the password we only keep a hash."""

    username: str
    password_hash: str

    kept = {}  # every user, by username

    @classmethod
    def add(cls, username, password):
        """Add a user."""
        cls.kept[username] = cls(username, generate_password_hash(password))

    @classmethod
    def find_by_login(cls, username, password):
        """Return the user with that name and password, or None."""
        user = cls.kept.get(username)
        # If there is no such user, a hash is computed all the same: nobody learns
        # from the time an answer takes which usernames exist.
        known_hash = user.password_hash if user else NOBODYS_HASH
        return user if check_password_hash(known_hash, password) else None


NOBODYS_HASH = generate_password_hash(secrets.token_hex())

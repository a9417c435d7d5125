"""Models: items and users, in memory until the process ends."""

import threading
from dataclasses import dataclass

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash

# Flask handles many requests at once, each in a thread of its own. Only the thread
# that holds the lock may read or change the items. (Users do not change.)
lock = threading.Lock()
items = {}  # by name
users = {}  # by username


class NameTaken(Exception):
    """The name is already in use."""


@dataclass
class ItemModel:
    """An item in the shop."""

    name: str
    price: float

    @classmethod
    def find_all(cls):
        """Return every item."""
        with lock:
            return list(items.values())

    @classmethod
    def find(cls, name):
        """Return the item of that name, or None."""
        with lock:
            return items.get(name)

    @classmethod
    def add(cls, name, price):
        """Add an item and return it; raise NameTaken if the name is in use."""
        with lock:
            if name in items:
                raise NameTaken
            items[name] = cls(name, price)
            return items[name]

    @classmethod
    def put(cls, name, price):
        """Add or replace an item; return it, and whether it is new."""
        with lock:
            is_new = name not in items
            items[name] = cls(name, price)
            return items[name], is_new

    @classmethod
    def delete(cls, name):
        """Delete an item; return whether it existed."""
        with lock:
            return items.pop(name, None) is not None


@dataclass
class UserModel:
    """A user, who can log in. Only a hash of the password is stored."""

    username: str
    password_hash: str

    @classmethod
    def add(cls, username, password):
        """Add a user."""
        users[username] = cls(username, hash_password(password))

    @classmethod
    def find_by_login(cls, username, password):
        """Return the user with these credentials, or None."""
        user = users.get(username)
        if user is None:
            # Take as long as for a wrong password: the response time must not tell an
            # attacker which usernames exist.
            hash_password(password)
            return None
        return user if check_password_hash(user.password_hash, password) else None


def hash_password(password):
    """Return a salted hash, from which the password cannot be computed."""
    return generate_password_hash(password, current_app.config["PASSWORD_HASH"])

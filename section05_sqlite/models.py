"""Models: items and users, as rows in the database.

Values never become part of the SQL string. They are passed separately, one for
each question mark, so that no value, however odd, is read as SQL.
"""

import sqlite3
from dataclasses import dataclass

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash

from db import get_db


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
        query = "SELECT name, price FROM items ORDER BY id"
        return [cls(**row) for row in get_db().execute(query)]

    @classmethod
    def find(cls, name):
        """Return the item of that name, or None."""
        query = "SELECT name, price FROM items WHERE name = ?"
        row = get_db().execute(query, (name,)).fetchone()
        return cls(**row) if row else None

    @classmethod
    def add(cls, name, price):
        """Add an item and return it; raise NameTaken if the name is in use."""
        insert = "INSERT INTO items (name, price) VALUES (?, ?)"
        try:
            # A transaction: it commits at its end, or rolls back after an error.
            with get_db() as db:
                db.execute(insert, (name, price))
        except sqlite3.IntegrityError:
            # Do not check first whether the name is free: another request could take it
            # in between. The UNIQUE constraint in schema.sql decides.
            raise NameTaken from None
        return cls(name, price)

    @classmethod
    def put(cls, name, price):
        """Add or replace an item; return it, and whether it is new."""
        update = "UPDATE items SET price = ? WHERE name = ?"
        insert = "INSERT INTO items (name, price) VALUES (?, ?)"
        # From its first change to the commit, only this connection may write, so no
        # other request can add the item between these two statements.
        with get_db() as db:
            is_new = db.execute(update, (price, name)).rowcount == 0
            if is_new:
                db.execute(insert, (name, price))
        return cls(name, price), is_new

    @classmethod
    def delete(cls, name):
        """Delete an item; return whether it existed."""
        with get_db() as db:
            return db.execute("DELETE FROM items WHERE name = ?", (name,)).rowcount == 1


@dataclass
class UserModel:
    """A user, who can log in. Only a hash of the password is stored."""

    id: int
    username: str
    password_hash: str

    @classmethod
    def find(cls, username):
        """Return the user of that name, or None."""
        query = "SELECT id, username, password_hash FROM users WHERE username = ?"
        row = get_db().execute(query, (username,)).fetchone()
        return cls(**row) if row else None

    @classmethod
    def add(cls, username, password):
        """Add a user and return it; raise NameTaken if the name is in use."""
        password_hash = hash_password(password)
        insert = "INSERT INTO users (username, password_hash) VALUES (?, ?)"
        try:
            with get_db() as db:
                user_id = db.execute(insert, (username, password_hash)).lastrowid
        except sqlite3.IntegrityError:
            raise NameTaken from None
        return cls(user_id, username, password_hash)

    @classmethod
    def find_by_login(cls, username, password):
        """Return the user with these credentials, or None."""
        user = cls.find(username)
        if user is None:
            # Take as long as for a wrong password: the response time must not tell an
            # attacker which usernames exist.
            hash_password(password)
            return None
        return user if check_password_hash(user.password_hash, password) else None


def hash_password(password):
    """Return a salted hash, from which the password cannot be computed."""
    return generate_password_hash(password, current_app.config["PASSWORD_HASH"])

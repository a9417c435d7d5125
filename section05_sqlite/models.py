"""What we know: items and users, as rows of the database.

Values never become part of the SQL's text. They are handed over beside it, one for
each question mark: so no value, however odd, is taken for SQL.
"""

import secrets
import sqlite3
from dataclasses import dataclass

from werkzeug.security import check_password_hash, generate_password_hash

from db import get_db


class NameTaken(Exception):
    """There is one of that name already."""


@dataclass
class ItemModel:
    """An item: its name and its price in cents."""

    name: str
    price: int

    @classmethod
    def find_all(cls):
        """Return every item."""
        rows = get_db().execute("SELECT name, price FROM items ORDER BY id")
        return [cls(**row) for row in rows]

    @classmethod
    def find(cls, name):
        """Return the item of that name, or None."""
        query = "SELECT name, price FROM items WHERE name = ?"
        row = get_db().execute(query, (name,)).fetchone()
        return cls(**row) if row else None

    @classmethod
    def add(cls, name, price):
        """Add an item and return it; raise NameTaken if there is one of that name."""
        insert = "INSERT INTO items (name, price) VALUES (?, ?)"
        try:
            # A transaction: it commits at its end, or rolls back if there is an error.
            with get_db() as db:
                db.execute(insert, (name, price))
        except sqlite3.IntegrityError:
            # We do not look first whether the name is free: another request might take
            # it in between. The UNIQUE in schema.sql decides. Nor do we look now: the
            # item of that name may be gone again.
            if price < 0:
                raise  # for another reason
            raise NameTaken from None
        return cls(name, price)

    @classmethod
    def put(cls, name, price):
        """Add or replace an item; return it, and whether it is new."""
        update = "UPDATE items SET price = ? WHERE name = ?"
        insert = "INSERT INTO items (name, price) VALUES (?, ?)"
        # From the first change to the commit, this connection alone may write: nobody
        # can add the item after we have found that it is not there.
        with get_db() as db:
            is_new = db.execute(update, (price, name)).rowcount == 0
            if is_new:
                db.execute(insert, (name, price))
        return cls(name, price), is_new

    @classmethod
    def delete(cls, name):
        """Delete an item; return whether there was one."""
        with get_db() as db:
            return db.execute("DELETE FROM items WHERE name = ?", (name,)).rowcount == 1


@dataclass
class UserModel:
    """Somebody who may log in. Of the password we only keep a hash."""

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
        """Add a user and return it; raise NameTaken if there is one of that name."""
        password_hash = generate_password_hash(password)
        insert = "INSERT INTO users (username, password_hash) VALUES (?, ?)"
        try:
            with get_db() as db:
                user_id = db.execute(insert, (username, password_hash)).lastrowid
        except sqlite3.IntegrityError:
            raise NameTaken from None
        return cls(user_id, username, password_hash)

    @classmethod
    def find_by_login(cls, username, password):
        """Return the user with that name and password, or None."""
        user = cls.find(username)
        # If there is no such user, a hash is computed all the same: nobody learns
        # from the time an answer takes which usernames exist.
        known_hash = user.password_hash if user else NOBODYS_HASH
        return user if check_password_hash(known_hash, password) else None


NOBODYS_HASH = generate_password_hash(secrets.token_hex())

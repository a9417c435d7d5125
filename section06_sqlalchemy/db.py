"""The database, through SQLAlchemy: a session for each request, closed at its end."""

import sqlite3

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base class of all models."""


class NameTaken(Exception):
    """The name is already in use."""


class NoSuchStore(Exception):
    """No store has this id."""


# After a commit, objects keep their values and need not be loaded again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


@event.listens_for(Engine, "connect")
def set_up_sqlite(connection, record):
    """Set up each new connection to SQLite; other databases do this by default."""
    if isinstance(connection, sqlite3.Connection):
        # With a write-ahead log, reading does not wait for writing.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")


def respond_unavailable(error):
    """Respond 503 while the database is locked, full, read-only or damaged."""
    is_bug = isinstance(error, DataError | IntegrityError | ProgrammingError)
    if is_bug or error.orig.sqlite_errorname == "SQLITE_ERROR":  # such as no table
        raise error
    current_app.logger.error("The database is not ready: %s", error)
    body = {"message": "The database is not ready. Try again in a few seconds."}
    return body, 503, {"Retry-After": "5"}


def init_app(app):
    """Connect an app to its database, and create the tables if necessary."""
    db.init_app(app)
    app.register_error_handler(DatabaseError, respond_unavailable)
    with app.app_context():
        db.create_all()

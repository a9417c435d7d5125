"""The database, through SQLAlchemy: a session for each request, closed at its end."""

import sqlite3
from datetime import UTC
from functools import partial

from flask import current_app, has_request_context
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, TypeDecorator, event
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, TimeoutError
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base class of all models."""


class NameTaken(Exception):
    """The name is already in use."""


class Missing(Exception):
    """The row does not exist, or another request has just deleted it."""


class NoSuchUser(Exception):
    """No user has these credentials, or this login has ended."""


class UtcDateTime(TypeDecorator):
    """A timestamp in UTC. SQLite stores timestamps without their time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True  # all columns of this type work alike

    def process_result_value(self, value, dialect):
        """Return a stored timestamp with its time zone."""
        return value and value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


# After a commit, objects keep their values and need not be loaded again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


@event.listens_for(Engine, "connect")
def set_up_connection(connection, record):
    """Set up each new connection to the database."""
    if isinstance(connection, sqlite3.Connection):
        # With a write-ahead log, reading does not wait for writing.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
    elif has_request_context():  # a command, such as flask db upgrade, may take longer
        connection.wait = partial(connection.wait, timeout=4)  # seconds, if it hangs


def expect_tables():
    """Raise an error unless the database responds and flask db upgrade has been run."""
    db.session.execute(db.text("SELECT version_num FROM alembic_version"))


def respond_unavailable(error):
    """Respond 503 to a request for which the database is not ready."""
    if isinstance(error, DataError | IntegrityError):
        raise error  # a bug
    current_app.logger.error("The database is not ready: %s", error)
    body = {"message": "The database is not ready. Try again in a few seconds."}
    return body, 503, {"Retry-After": "5"}


def init_app(app):
    """Connect an app; flask db upgrade creates and changes the tables."""
    db.init_app(app)
    # In a path, Alembic expands variables such as %(here)s, and reads %% as %.
    Migrate(app, db, directory=f"{app.root_path}/migrations".replace("%", "%%"))
    for error in DatabaseError, TimeoutError:  # the latter: no connection is free
        app.register_error_handler(error, respond_unavailable)

    @app.teardown_appcontext
    def close(error):  # in Flask-SQLAlchemy's own teardown, an error would be a 500
        try:
            db.session.close()
        except DatabaseError:
            db.session().invalidate()

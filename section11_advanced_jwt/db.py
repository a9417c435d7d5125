"""The database, through SQLAlchemy: a session for each request, closed at its end."""

import sqlite3
from datetime import UTC

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, TypeDecorator, event
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """What all models have in common."""


class UtcDateTime(TypeDecorator):
    """A moment, which knows that it is in UTC. SQLite keeps it, but not that."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value, dialect):
        """Return what the database has kept as a moment in UTC."""
        return value and value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


# After a commit, objects keep what they know: it need not be asked for again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


@event.listens_for(Engine, "connect")
def set_up_sqlite(connection, record):
    """Tell SQLite, for each new connection, what other databases do unasked."""
    if isinstance(connection, sqlite3.Connection):
        # While another connection writes, wait up to 10,000 ms for one's turn.
        connection.execute("PRAGMA busy_timeout = 10000")
        # A write-ahead log: those who read do not wait for the one who writes.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")


def count(model):
    """Return how many rows a model has."""
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def expect_tables():
    """Raise an error unless the database answers, and flask db upgrade has been run."""
    db.session.execute(db.text("SELECT version_num FROM alembic_version"))


def init_app(app):
    """Connect the app. The tables are made, and changed, by flask db upgrade."""
    db.init_app(app)
    Migrate(app, db, directory=f"{app.root_path}/migrations")

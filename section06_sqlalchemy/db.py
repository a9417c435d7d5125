"""The database, through SQLAlchemy: a session for each request, closed at its end."""

import sqlite3

import click
from flask.cli import with_appcontext
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateIndex, CreateTable


class Base(DeclarativeBase):
    """What all models have in common."""


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


def init_db():
    """Make the tables and indexes that are not there yet."""
    # Not db.create_all(), which looks first and then makes: of two processes that start
    # at the same time, one would fail.
    for table in db.metadata.sorted_tables:
        db.session.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            db.session.execute(CreateIndex(index, if_not_exists=True))
    db.session.commit()


@click.command("init-db")
@with_appcontext
def init_db_command():
    """Make the database, if it is not there yet."""
    init_db()
    click.echo(f"The database is ready: {db.engine.url.render_as_string()}")


def init_app(app):
    """Connect the app, and make the database if there is none."""
    db.init_app(app)
    app.cli.add_command(init_db_command)
    with app.app_context():
        init_db()

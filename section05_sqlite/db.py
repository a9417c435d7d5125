"""The connection to SQLite: one for each request, closed at its end."""

import sqlite3
from pathlib import Path

import click
from flask import current_app, g
from flask.cli import with_appcontext

PATIENCE = 10  # seconds to wait while another connection writes


def database_path():
    """Return where the database is: beside this file, unless the setting says more."""
    return Path(current_app.root_path, current_app.config["DATABASE"])


def get_db():
    """Return the connection of this request, which the first call opens."""
    if "db" not in g:
        g.db = sqlite3.connect(database_path(), timeout=PATIENCE)
        g.db.row_factory = sqlite3.Row  # row["name"] instead of row[1]
        g.db.execute("PRAGMA foreign_keys = ON")  # section 6 has some
    return g.db


def close_db(error=None):
    """Close the connection of this request, if it has opened one."""
    db = g.pop("db", None)
    if db is not None:
        db.close()


def init_db():
    """Make the tables that are not there yet."""
    database_path().parent.mkdir(parents=True, exist_ok=True)
    db = get_db()
    # A write-ahead log: those who read do not wait for the one who writes. The setting
    # stays with the file.
    db.execute("PRAGMA journal_mode = WAL")
    with current_app.open_resource("schema.sql", "r") as file:
        db.executescript(file.read())


@click.command("init-db")
@with_appcontext
def init_db_command():
    """Make the database, if it is not there yet."""
    init_db()
    click.echo(f"The database is ready: {database_path()}")


def init_app(app):
    """Have the app close its connections, and make the database if there is none."""
    app.teardown_appcontext(close_db)
    app.cli.add_command(init_db_command)
    with app.app_context():
        init_db()

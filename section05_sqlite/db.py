"""The connection to SQLite: one for each request, closed at its end."""

import sqlite3
from pathlib import Path

from flask import current_app, g


def get_db():
    """Return the connection of this request; the first call opens it."""
    if "db" not in g:
        # While another connection writes, wait up to 5 seconds.
        g.db = sqlite3.connect(database_path(), timeout=5)
        g.db.row_factory = sqlite3.Row  # row["name"] instead of row[1]
    return g.db


def close_db(error=None):
    """Close the connection of this request, if there is one."""
    db = g.pop("db", None)
    if db is not None:
        db.close()


def database_path():
    """Return the path of the database, relative to the app's folder or absolute."""
    return Path(current_app.root_path, current_app.config["DATABASE"])


def init_db():
    """Create the tables that do not exist yet."""
    database_path().parent.mkdir(parents=True, exist_ok=True)
    # With a write-ahead log, reading does not wait for writing.
    get_db().execute("PRAGMA journal_mode = WAL")
    with current_app.open_resource("schema.sql", "r") as file:
        get_db().executescript(file.read())


def respond_unavailable(error):
    """Respond 503 while the database is locked, full, read-only or damaged."""
    is_bug = isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError)
    if is_bug or error.sqlite_errorname == "SQLITE_ERROR":  # such as a syntax error
        raise error
    current_app.logger.error("The database is not ready: %s", error)
    body = {"message": "The database is not ready. Try again in a few seconds."}
    return body, 503, {"Retry-After": "5"}


def init_app(app):
    """Create the database, and close each connection at the end of its request."""
    app.teardown_appcontext(close_db)
    app.register_error_handler(sqlite3.DatabaseError, respond_unavailable)
    with app.app_context():
        init_db()

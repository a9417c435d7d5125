"""An empty PostgreSQL database for a rehearsal, wherever there is a server for it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from classroom.errors import UserError
from classroom.heroku.steps import Log
from classroom.heroku.temporary_folder import Scratch
from classroom.server.postgres import Postgres

NO_DATABASE = (
    "DATABASE_URL is set, and no new database can be made on its server: {} Take the "
    "variable away, and the rehearsal starts a PostgreSQL of its own."
)


@contextmanager
def new_database(log: Log, scratch: Scratch) -> Iterator[str]:
    """Give the URL of an empty database, which is gone when the with block ends.

    If DATABASE_URL is set, it is made on the server there, beside what that holds;
    else on a server that is started for it, whose data scratch deletes in any case.

    Raises UserError if neither can be.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        with on_the_server_at(given) as (url, version):
            log.add(f"DATABASE_URL is set: an empty database on its {version}")
            yield url
    else:
        with Postgres() as server:
            scratch.sweep(server.temporary_folder)
            version = ask_version(server.url)
            log.add(f"An empty database on a {version} of its own")
            yield server.url


def ask_version(url: str) -> str:
    """Return which PostgreSQL answers at a URL."""
    with psycopg.connect(url) as connection:
        number = connection.info.server_version  # 180006 is 18.6
        return f"PostgreSQL {number // 10_000}.{number % 10_000}"


@contextmanager
def on_the_server_at(given: str) -> Iterator[tuple[str, str]]:
    """Make a database on somebody's server; give its URL, and the server's version."""
    try:
        parts = urlsplit(given)
    except ValueError as error:  # such as a "[" that is never closed
        raise UserError(NO_DATABASE.format(f"{error}.")) from None
    if not parts.scheme.startswith("postgres"):
        raise UserError(NO_DATABASE.format("it is no address of a PostgreSQL."))
    name = f"rehearsal_{secrets.token_hex(6)}"
    there = parts._replace(scheme="postgres").geturl()
    url = parts._replace(scheme="postgres", path=f"/{name}").geturl()
    execute(there, "CREATE DATABASE {}", name)
    try:
        yield url, ask_version(url)
    finally:
        execute(there, "DROP DATABASE {} WITH (FORCE)", name)


def execute(url: str, statement: str, name: str) -> None:
    """Run a statement about a database; raise UserError, with the server's words."""
    query = sql.SQL(statement).format(sql.Identifier(name))
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(query)
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        raise UserError(NO_DATABASE.format(f"{said}.")) from None

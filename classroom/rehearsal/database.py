"""An empty PostgreSQL database for a rehearsal, on an existing or a new server."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from classroom.errors import UserError
from classroom.rehearsal.steps import Log
from classroom.server.postgres import Postgres

NO_DATABASE = (
    "DATABASE_URL is set, but its server cannot create a new database: {} Unset the "
    "variable, and the rehearsal starts a temporary PostgreSQL server."
)


@contextmanager
def new_database(log: Log) -> Iterator[str]:
    """Yield the URL of an empty database, which is deleted when the with block ends.

    It is on the server of DATABASE_URL if that is set, otherwise on a temporary
    server.

    Raises UserError if there can be no database.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        with database_on_server(given) as (url, version):
            log.add(f"an empty database on the {version} of DATABASE_URL")
            yield url
    else:
        with Postgres() as server:
            version = read_version(server.url)
            log.add(f"an empty database on a temporary {version}")
            yield server.url


def read_version(url: str) -> str:
    """Return the version of the PostgreSQL server at a URL."""
    with psycopg.connect(url) as connection:
        number = connection.info.server_version  # 180006 is 18.6
        return f"PostgreSQL {number // 10_000}.{number % 10_000}"


@contextmanager
def database_on_server(given: str) -> Iterator[tuple[str, str]]:
    """Create a database on a given server; yield its URL, and the server's version."""
    try:
        parts = urlsplit(given)
    except ValueError as error:  # such as a "[" without a "]"
        raise UserError(NO_DATABASE.format(f"{error}.")) from None
    if not parts.scheme.startswith("postgres"):
        raise UserError(
            NO_DATABASE.format("it is not the URL of a PostgreSQL database.")
        )
    name = f"rehearsal_{secrets.token_hex(6)}"
    server = parts._replace(scheme="postgres").geturl()
    url = parts._replace(scheme="postgres", path=f"/{name}").geturl()
    execute(server, "CREATE DATABASE {}", name)
    try:
        yield url, read_version(url)
    finally:
        execute(server, "DROP DATABASE {} WITH (FORCE)", name)


def execute(url: str, statement: str, name: str) -> None:
    """Run a statement about a database; raise UserError with the server's message."""
    query = sql.SQL(statement).format(sql.Identifier(name))
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(query)
    except psycopg.Error as error:
        message = " ".join(str(error).split())
        raise UserError(NO_DATABASE.format(f"{message}.")) from None

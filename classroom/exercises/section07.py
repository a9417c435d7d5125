"""The exercises of section 07."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path

from classroom.exercises.common import (
    Request,
    check_answers,
    check_copy,
    check_responses,
    check_server,
    expect,
    find_statuses,
    log_in,
)
from classroom.exercises.finding import Finding, Note
from classroom.exercises.random_values import random_name
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api

SHORT = {"username": "maria", "password": "short"}
REQUESTS: dict[str, Request] = {
    "GET /health": ("GET", "/health", None),
    "GET /ready": ("GET", "/ready", None),
    "GET /items": ("GET", "/items", None),
    "GET /items?page=0": ("GET", "/items?page=0", None),
    "POST /register with a password of 5 characters": ("POST", "/register", SHORT),
    "DELETE /item/Map without a token": ("DELETE", "/item/Map", None),
}


def exercise_1(answers: dict[str, int | None]) -> Iterator[Finding]:
    """Predictions of an app without its tables, compared with its responses."""
    yield from check_answers(answers, find_right_statuses())


@cache  # another prediction need not wait again
def find_right_statuses() -> dict[str, int]:
    """Start a server, and return its statuses without its tables."""
    with Server(find_section("07").folder) as server:
        drop_tables(server)
        return find_statuses(server.api(), REQUESTS)


def drop_tables(server: Server) -> None:
    """Drop all tables, so that the database is as before flask db upgrade."""
    for table in ("items", "stores", "users", "alembic_version"):
        run_sql(server, f"DROP TABLE {table}")


def exercise_2() -> Iterator[Finding | Note]:
    """The release as a setting, from an environment variable, in a copy."""
    yield from check_server("07.2", check_version, first=find_setting)


def find_setting(copy: Path) -> Finding:
    """Check that there is a setting, with any value."""
    config = (copy / "config.py").read_text(encoding="utf-8")
    has_setting = re.search(r"^RELEASE\b", config, re.MULTILINE) is not None
    return Finding(has_setting, "config.py has a setting RELEASE.")


def check_version(server: Server) -> Iterator[Finding]:
    """Check the copy's responses without the setting, and with it."""
    found = list(check_responses(server, check_default))
    yield from found
    if all(finding.done for finding in found):
        release = random_name("v9")
        server.settings["RELEASE"] = release
        server.restart()
        yield from check_responses(server, partial(check_release, release=release))


def check_default(api: Api) -> Iterator[Finding]:
    """Check that GET /version responds without a RELEASE."""
    ok, note = expect(api.get("/version"), 200, {"release": "development"})
    yield Finding(ok, f"GET /version responds with {{'release': 'development'}}.{note}")


def check_release(api: Api, release: str) -> Iterator[Finding]:
    """Check that GET /version responds with the setting."""
    ok, note = expect(api.get("/version"), 200, {"release": release})
    yield Finding(ok, f"With FLASK_RELEASE, it responds with that value.{note}")


def exercise_3() -> Iterator[Finding | Note]:
    """A new column, added by a migration that can be undone, in a copy."""
    yield from check_server("07.3", check_city, first=find_migration)


def find_migration(copy: Path) -> Finding:
    """Check that there is one more migration than in the section."""
    migrations = list((copy / "migrations" / "versions").glob("*.py"))
    return Finding(len(migrations) > 2, "There is a third migration.")


def check_city(server: Server) -> Iterator[Finding]:
    """Check that stores have a city, and that existing stores keep their data."""
    with server.api() as api:
        log_in(api)
        api.post("/store/North")
        north = {"id": 1, "name": "North", "city": None, "items": []}
        ok, note = expect(api.get("/store/North"), 200, north)
        migrated = "city" in columns_of_stores(server)
        yield Finding(migrated, "It adds the column city to the table stores.")
        yield Finding(ok, f"GET /store/North responds with {north}.{note}")
        undone = redone = False
        if migrated:
            server.flask("db", "downgrade", "0002")
            undone = "city" not in columns_of_stores(server)
        if undone:
            server.flask("db", "upgrade")
            redone, _ = expect(api.get("/store/North"), 200, north)
    yield Finding(undone, "flask db downgrade 0002 removes the column again.")
    yield Finding(redone, "After another flask db upgrade, the store is as before.")


def columns_of_stores(server: Server) -> list[str]:
    """Return the names of the columns that the table of stores has."""
    rows = run_sql(server, "SELECT name FROM pragma_table_info('stores')")
    return [name for (name,) in rows]


def run_sql(server: Server, sql: str, *values: str) -> list[tuple[str, ...]]:
    """Run a statement on the database of a server; return the rows that it finds."""
    with closing(sqlite3.connect(server.database)) as database, database:
        return database.execute(sql, values).fetchall()


def exercise_4() -> Iterator[Finding | Note]:
    """A migration that loses the values of a column."""
    yield from check_server("07.4", check_town)


def check_town(server: Server) -> Iterator[Finding]:
    """Check that a store keeps its town when the column is renamed, and back."""
    town = random_name("Porto")
    with server.api() as api:
        log_in(api)
        api.post("/store/North")
        try:
            run_sql(server, "UPDATE stores SET town = ?", town)
            server.flask("db", "downgrade", "0003")
            kept = run_sql(server, "SELECT city FROM stores") == [(town,)]
            run_sql(server, "UPDATE stores SET city = ?", town)
        except sqlite3.OperationalError as error:
            text = "The column is town, and city after flask db downgrade 0003."
            yield Finding(False, f"{text} ({error})")
            return
        server.flask("db", "upgrade")
        store = {"id": 1, "name": "North", "town": town, "items": []}
        ok, note = expect(api.get("/store/North"), 200, store)
    yield Finding(ok, f"After flask db upgrade, GET shows the city as the town.{note}")
    yield Finding(kept, "After flask db downgrade 0003, the town is the city again.")


OFFICE, OTHER, PROXY = "198.51.100.20", "203.0.113.9", "10.0.0.2"
# Each of two proxies has appended an address: that of the client, and of the other one.
FORWARDED = {
    "in the office": (f"{OFFICE}, {PROXY}", 200),
    "elsewhere": (f"{OTHER}, {PROXY}", 403),
    "elsewhere that sends the office's address": (f"{OFFICE}, {OTHER}, {PROXY}", 403),
    "elsewhere whose proxy is in the office": (f"{OTHER}, {OFFICE}", 403),
}


def exercise_5() -> Iterator[Finding | Note]:
    """A route for one IP address, which any client can claim to have."""
    settings = {"TRUSTED_PROXIES": 2, "OFFICE_ADDRESS": OFFICE}
    yield from check_copy("07.5", check_counts, settings)


def check_counts(api: Api) -> Iterator[Finding]:
    """Check which requests may see the counts."""
    log_in(api)
    api.post("/store/North")
    counts = {"stores": 1, "items": 0, "users": 1}
    for client, (addresses, status) in FORWARDED.items():
        reply = api.get("/counts", headers={"X-Forwarded-For": addresses})
        ok, note = expect(reply, status, counts if status == 200 else None)
        text = f"Behind two proxies, a client {client} gets {status}"
        yield Finding(ok, f"{text} (X-Forwarded-For: {addresses}).{note}")
    ok, note = expect(api.get("/counts"), 403)
    yield Finding(ok, f"A client without this header gets 403.{note}")

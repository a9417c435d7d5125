"""The exercises of section 07."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from classroom.exercises.common import (
    PATIENCE,
    Request,
    ask,
    expect,
    find_statuses,
    log_in,
    look_at_answers,
    look_at_server,
)
from classroom.exercises.finding import Finding
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api

SHORT = {"username": "maria", "password": "short"}
REQUESTS: dict[str, Request] = {
    "GET /health": ("GET", "/health", None),
    "GET /ready": ("GET", "/ready", None),
    "GET /items": ("GET", "/items", None),
    "GET /items?page=0": ("GET", "/items?page=0", None),
    "POST /register with a password of 5 letters": ("POST", "/register", SHORT),
    "DELETE /item/Map without a token": ("DELETE", "/item/Map", None),
}


def exercise_1(answers: dict[str, int | None]) -> Iterator[Finding]:
    """What is answered by an app without its tables, predicted, then found out."""
    yield from look_at_answers(answers, find_right_statuses())


@cache  # who predicts again need not wait again
def find_right_statuses() -> dict[str, int]:
    """Start a server, and return what it answers without its tables."""
    with Server(find_section("07").folder) as server:
        forget_the_tables(server)
        return find_statuses(server.api(), REQUESTS)


def forget_the_tables(server: Server) -> None:
    """Empty the database, as if nobody had run flask db upgrade."""
    with closing(sqlite3.connect(server.database)) as database:
        for table in ("items", "stores", "users", "alembic_version"):
            database.execute(f"DROP TABLE {table}")


def exercise_2() -> Iterator[Finding]:
    """Which release it is: a setting that comes from outside, in a copy."""
    yield from look_at_server("07", look_at_version, first=look_for_setting)


def look_for_setting(copy: Path) -> Finding:
    """Look whether there is a setting, of whatever value."""
    config = (copy / "config.py").read_text(encoding="utf-8")
    has_setting = re.search(r"^RELEASE = ", config, re.MULTILINE) is not None
    return Finding(has_setting, "config.py has a setting RELEASE.")


def look_at_version(server: Server) -> Iterator[Finding]:
    """Look at what the copy answers by itself, and once it is told a release."""
    found = list(ask(server, look_at_default))
    yield from found
    if all(finding.done for finding in found):
        server.settings["RELEASE"] = "v9"
        server.restart()
        yield from ask(server, look_at_release)


def look_at_default(api: Api) -> Iterator[Finding]:
    """Look whether GET /version answers if nobody says which release it is."""
    right, came = expect(api.get("/version"), 200, {"release": "development"})
    yield Finding(right, f"GET /version answers {{'release': 'development'}}.{came}")


def look_at_release(api: Api) -> Iterator[Finding]:
    """Look whether GET /version answers what comes from outside."""
    right, came = expect(api.get("/version"), 200, {"release": "v9"})
    yield Finding(right, f"With FLASK_RELEASE=v9, it answers 'v9'.{came}")


def exercise_3() -> Iterator[Finding]:
    """A column more, by a migration that can be undone, in a copy."""
    yield from look_at_server("07", look_at_city, first=look_for_migration)


def look_for_migration(copy: Path) -> Finding:
    """Look whether there is a migration more than the section has."""
    migrations = list((copy / "migrations" / "versions").glob("*.py"))
    return Finding(len(migrations) > 2, "There is a third migration.")


def look_at_city(server: Server) -> Iterator[Finding]:
    """Look whether stores have a city, and whether what was there survives it."""
    with server.api() as api:
        api.timeout = PATIENCE
        log_in(api)
        api.post("/store/North")
        north = {"id": 1, "name": "North", "city": None, "items": []}
        right, came = expect(api.get("/store/North"), 200, north)
        migrated = "city" in columns_of_stores(server)
        yield Finding(migrated, "It adds the column city to the table stores.")
        yield Finding(right, f"GET /store/North answers {north}.{came}")
        undone = kept = False
        if migrated:
            server.flask("db", "downgrade", "0002")
            undone = "city" not in columns_of_stores(server)
        if undone:
            server.flask("db", "upgrade")
            kept, _ = expect(api.get("/store/North"), 200, north)
    yield Finding(undone, "flask db downgrade 0002 takes the column away again.")
    yield Finding(kept, "After another flask db upgrade, the store is as it was.")


def columns_of_stores(server: Server) -> list[str]:
    """Return the names of the columns that the table of stores has."""
    with closing(sqlite3.connect(server.database)) as database:
        rows = database.execute("SELECT name FROM pragma_table_info('stores')")
        return [name for (name,) in rows]

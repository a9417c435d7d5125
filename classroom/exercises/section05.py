"""The exercises of section 05."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from classroom.display.source import read_source
from classroom.display.tables import query
from classroom.exercises.common import check_copy, expect, log_in
from classroom.exercises.finding import Finding
from classroom.server.client import Api


def exercise_1() -> Iterator[Finding]:
    """A new user, and what the database holds of her."""
    _, users = query("05", "SELECT password_hash FROM users WHERE username = 'maria'")
    yield Finding(bool(users), "There is a user maria: POST her to /register.")
    hashed = bool(users) and str(users[0][0]).startswith("scrypt:")
    yield Finding(hashed, "The database has only a hash of her password.")
    _, items = query("05", "SELECT price FROM items WHERE name = 'Lamp'")
    yield Finding(
        [tuple(item) for item in items] == [(2000,)],
        "There is a Lamp at 20: POST it to /item/Lamp, with a token.",
    )


PRICES = {"Rug": 12000, "Vase": 1999, "Sofa": 89900, "Lamp": 2000, "Chair": 4950}
DEAR = [("Chair",), ("Lamp",), ("Rug",), ("Sofa",)]


def exercise_2(sql: str) -> Iterator[Finding]:
    """A query, run on a table like that of the section."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(read_source("05", "schema.sql"))
        insert = "INSERT INTO items (name, price) VALUES (?, ?)"
        database.executemany(insert, PRICES.items())
        try:
            rows = database.execute(sql).fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            yield Finding(False, f"SQLite understands the query: {error}")
            return
    yield Finding(True, "SQLite understands the query.")
    names = sorted(rows) == DEAR
    yield Finding(names, "It finds the names of all items from 20 on, and no others.")
    yield Finding(names and rows == DEAR, "They are in alphabetical order.")


def exercise_3() -> Iterator[Finding]:
    """A search, in a copy of the section, that is safe from SQL injection."""
    yield from check_copy("05", check_search)


def check_search(api: Api) -> Iterator[Finding]:
    """Check that /search finds items, and never runs its text as SQL."""
    log_in(api)
    for name in ("Chair", "Armchair", "Table", "Ana's table"):
        api.put(f"/item/{name}", json={"price": 1})
    for text, found in {
        "hair": ["Chair", "Armchair"],
        "sofa": [],
        "Ana's": ["Ana's table"],
        "' OR 1=1 --": [],
    }.items():
        reply = api.get("/search", params={"text": text})
        items = {"items": [{"name": name, "price": 1} for name in found]}
        ok, note = expect(reply, 200, items)
        what = f"{found or 'nothing'}, as /items shows it"
        yield Finding(ok, f"GET /search?text={text} finds {what}.{note}")

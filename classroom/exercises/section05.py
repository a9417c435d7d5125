"""The exercises of section 05."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from classroom.display.source import read_source
from classroom.display.tables import query
from classroom.exercises.common import expect, log_in, look_at_copy
from classroom.exercises.finding import Finding
from classroom.server.client import Api


def exercise_1() -> Iterator[Finding]:
    """A user of one's own, and what stands of her in the database."""
    _, users = query("05", "SELECT password_hash FROM users WHERE username = 'maria'")
    yield Finding(bool(users), "There is a user maria: POST her to /register.")
    hashed = bool(users) and str(users[0][0]).startswith("scrypt:")
    yield Finding(hashed, "Of her password, the database has a hash only.")
    _, items = query("05", "SELECT price FROM items WHERE name = 'Lamp'")
    yield Finding(
        [tuple(item) for item in items] == [(2000,)],
        "There is a Lamp at 20: POST it to /item/Lamp, with a token.",
    )


PRICES = {"Rug": 12000, "Vase": 1999, "Sofa": 89900, "Lamp": 2000, "Chair": 4950}
DEAR = [("Chair",), ("Lamp",), ("Rug",), ("Sofa",)]


def exercise_2(sql: str) -> Iterator[Finding]:
    """A query of one's own, asked of a table like that of the section."""
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
    yield Finding(names and rows == DEAR, "They are in the order of the alphabet.")


def exercise_3() -> Iterator[Finding]:
    """A search, in a copy of the section, which nobody can misuse."""
    yield from look_at_copy("05", look_at_search)


def look_at_search(api: Api) -> Iterator[Finding]:
    """Look whether /search finds items, and takes no text for SQL."""
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
        right, came = expect(reply, 200, items)
        what = f"{found or 'nothing'}, as /items shows it"
        yield Finding(right, f"GET /search?text={text} finds {what}.{came}")

"""The exercises of section 05."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from classroom.display.source import read_source
from classroom.display.tables import query
from classroom.exercises.common import check_copy, expect, log_in
from classroom.exercises.finding import Finding, Note
from classroom.exercises.random_values import random_name
from classroom.server.client import Api


def exercise_1() -> Iterator[Finding]:
    """A new user, whose password is stored as a hash, and an item."""
    _, users = query("05", "SELECT password_hash FROM users WHERE username = 'maria'")
    yield Finding(bool(users), "There is a user maria: POST one to /register.")
    hashed = bool(users) and str(users[0][0]).startswith("scrypt:")
    yield Finding(hashed, "The database has only a hash of her password.")
    _, items = query("05", "SELECT price FROM items WHERE name = 'Lamp'")
    lamp = [tuple(item) for item in items] == [(20,)]
    text = "There is a Lamp that costs 20: POST its price to /item/Lamp, with a token."
    yield Finding(lamp, text)


PRICES = {"Rug": 120, "Vase": 19.99, "Sofa": 899, "Lamp": 20, "Chair": 49.5}
FOUND = [("Chair",), ("Lamp",), ("Rug",), ("Sofa",)]


def exercise_2(sql: str) -> Iterator[Finding]:
    """A query, run on a table like that of the section."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(read_source("05", "schema.sql"))
        insert = "INSERT INTO items (name, price) VALUES (?, ?)"
        database.executemany(insert, PRICES.items())
        try:
            rows = database.execute(sql).fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            yield Finding(False, f"SQLite understands the query. ({error})")
            return
    yield Finding(True, "SQLite understands the query.")
    names = sorted(rows) == FOUND
    text = "It finds the names of all items that cost 20 or more, and no others."
    yield Finding(names, text)
    yield Finding(names and rows == FOUND, "They are in alphabetical order.")


def exercise_3() -> Iterator[Finding | Note]:
    """A search, in a copy of the section, that is safe from SQL injection."""
    yield from check_copy("05.3", check_search)


def check_search(api: Api) -> Iterator[Finding]:
    """Check that GET /search finds items, and never treats its text as SQL."""
    log_in(api)
    # The items have names that only this check knows.
    text = random_name("hair")
    found = {text: [f"C{text}", f"Arm{text}"], "Ana's": [random_name("Ana's sofa")]}
    for name in (*found[text], "Table", *found["Ana's"]):
        api.put(f"/item/{name}", json={"price": 1})
    for searched, what, names in (
        (text, "part of two names finds both, in the format of /items", found[text]),
        ("stool", "stool finds nothing", []),
        ("Ana's", "Ana's finds what has this name", found["Ana's"]),
        ("' OR 1=1 --", "' OR 1=1 -- finds nothing", []),
    ):
        reply = api.get("/search", params={"text": searched})
        items = [{"name": name, "price": 1} for name in names]
        ok, note = expect(reply, 200, {"items": items})
        yield Finding(ok, f"GET /search?text=… with {what}.{note}")

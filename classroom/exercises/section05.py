"""The exercises of section 05."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from requests import Response

from classroom.display.source import read_source
from classroom.display.tables import query
from classroom.exercises.common import (
    check_copy,
    check_responses,
    check_server,
    expect,
    log_in,
)
from classroom.exercises.finding import Finding, Note
from classroom.exercises.random_values import random_name, random_price
from classroom.exercises.statements import count_commits
from classroom.server import Server
from classroom.server.client import Api
from classroom.server.follow import follow, follow_variables


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
        ("Ana's", "Ana's finds the item with this name", found["Ana's"]),
        ("' OR 1=1 --", "' OR 1=1 -- finds nothing", []),
    ):
        reply = api.get("/search", params={"text": searched})
        items = [{"name": name, "price": 1} for name in names]
        ok, note = expect(reply, 200, {"items": items})
        yield Finding(ok, f"GET /search?text=… with {what}.{note}")


def exercise_4() -> Iterator[Finding | Note]:
    """A number that is read, and written too late."""
    yield from check_server("05.4", check_likes)


def check_likes(server: Server) -> Iterator[Finding]:
    """Check that likes are counted, even if many arrive at the same time."""
    yield from check_responses(server, partial(check_likes_of_item, server))


def check_likes_of_item(server: Server, api: Api) -> Iterator[Finding]:
    """Check the likes of a new item, one after the other, and then at once."""
    log_in(api)
    name = random_name("Chair")
    api.put(f"/item/{name}", json={"price": 1})
    for likes in (1, 2):
        body = {"likes": likes}
        ok, note = expect(api.post(f"/item/{name}/like"), 200, body)
        text = f"POST /item/<name>/like responds with 200 and {body}.{note}"
        yield Finding(ok, text)
    ok, note = expect(api.post(f"/item/{name}x/like"), 404)
    yield Finding(ok, f"A like for an item that does not exist gets 404.{note}")
    try:
        replies = like_at_once(server, api, name)
    except sqlite3.OperationalError as error:
        text = "Another process can add a like, in the column likes of the items."
        yield Finding(False, f"{text} ({error})")
        return
    ok = all(reply.status_code == 200 for reply in replies)
    yield Finding(ok, "Four requests at the same time respond with 200.")
    ok, _ = expect(api.post(f"/item/{name}/like"), 200, {"likes": 8})
    text = "No like is lost, even while another process is adding one."
    yield Finding(ok, text)


def like_at_once(server: Server, api: Api, name: str) -> list[Response]:
    """Like an item in four requests, while another process likes it, too."""
    update = "UPDATE items SET likes = likes + 1 WHERE name = ?"
    with (
        ThreadPoolExecutor(4) as pool,
        closing(sqlite3.connect(server.database, isolation_level=None)) as database,
    ):
        # Until the commit, other connections can read the old number, but not write.
        database.execute("BEGIN IMMEDIATE")
        database.execute(update, (name,))
        path = f"/item/{name}/like"
        replies = [pool.submit(server.api().post, path) for _ in range(4)]
        for _ in range(5):  # by the end of these requests, the others wait
            api.get(f"/item/{name}")
        database.execute("COMMIT")
        return [reply.result() for reply in replies]


def exercise_5() -> Iterator[Finding | Note]:
    """An import that commits each item."""
    variables = follow_variables()
    yield from check_server("05.5", check_import, variables=variables)


def check_import(server: Server) -> Iterator[Finding]:
    """Check that several items are stored in one transaction, or none of them."""
    yield from check_responses(server, check_transaction)


def check_transaction(api: Api) -> Iterator[Finding]:
    """Import twelve items, and then some more, of which one exists already."""
    log_in(api)
    new = [{"name": random_name("Globe"), "price": random_price()} for _ in range(12)]
    reply = api.post("/import", json={"items": new}, headers=follow)
    ok, note = expect(reply, 201, {"items": new})
    yield Finding(ok, f"POST /import responds with 201, and the items.{note}")
    commits = count_commits(reply)
    note = "" if commits == 1 else f" (It takes {commits})"
    yield Finding(commits == 1, f"One transaction stores all twelve items.{note}")
    ok, note = expect(api.get("/items"), 200, {"items": new})
    yield Finding(ok, f"GET /items lists them.{note}")
    more = [{"name": "Map", "price": 1}, new[5]]
    ok, note = expect(api.post("/import", json={"items": more}), 409)
    yield Finding(ok, f"With a name that is in use, the status is 409.{note}")
    ok, note = expect(api.get("/item/Map"), 404)
    yield Finding(ok, f"Then none of the other items is stored.{note}")

"""The data of every server that is measured, so that all return the same JSON."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from classroom.server.client import Api

STORES, ITEMS_PER_STORE = 100, 10
ITEM_NAMES = [f"item-{number}" for number in range(STORES * ITEMS_PER_STORE)]


def price_of(number: int) -> int:
    """Return the price of an item in cents; prices vary as real ones do."""
    return number * 7919 % 100_000


def fill_section(api: Api, with_stores: bool) -> str:
    """Add every item over HTTP, as any client would; return the access token.

    with_stores: whether the section's items are in stores, which are added first.
    """
    login = {"username": "ana", "password": "open-sesame"}
    token: str = request_json(api, "POST", "/login", login)["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"
    body: dict[str, object] = {}
    for number, name in enumerate(ITEM_NAMES):
        if with_stores and number % ITEMS_PER_STORE == 0:
            name_of_store = f"store-{number // ITEMS_PER_STORE}"
            store = request_json(api, "POST", f"/store/{name_of_store}")
            body["store_id"] = store["id"]
        body["price"] = price_of(number) / 100
        request_json(api, "POST", f"/item/{name}", body)
    return token


def request_json(api: Api, method: str, path: str, body: object = None) -> Any:
    """Send a request and return the JSON of the response; raise if it is an error."""
    reply = api.request(method, path, json=body)
    reply.raise_for_status()
    return reply.json()


def make_database(file: Path) -> None:
    """Make a database of the same stores and items, for servers that only read it."""
    with closing(sqlite3.connect(file)) as db, db:  # commits, then closes
        db.executescript(
            """
            CREATE TABLE stores (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
            CREATE TABLE items (
                id INTEGER PRIMARY KEY,
                name TEXT UNIQUE,
                price INTEGER,
                store_id INTEGER
            );
            CREATE INDEX items_of_a_store ON items (store_id);
            """
        )
        stores = [(f"store-{number}",) for number in range(STORES)]
        db.executemany("INSERT INTO stores (name) VALUES (?)", stores)
        items = [
            (name, price_of(number), number // ITEMS_PER_STORE + 1)
            for number, name in enumerate(ITEM_NAMES)
        ]
        insert = "INSERT INTO items (name, price, store_id) VALUES (?, ?, ?)"
        db.executemany(insert, items)

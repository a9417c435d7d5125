"""Measure the list of stores in section 11 and in section 14, with the same data."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from classroom.errors import UserError
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api

SECTIONS = ("11", "14")
STORES = 100  # as many as a page can have
ITEMS_PER_STORE = 10
REPEATS = 5  # the fastest of them counts


def measure_lists(numbers: Sequence[int]) -> dict[str, list[float]]:
    """Return the seconds that GET /stores takes, by section, for pages of stores.

    numbers: how many stores to request each time, at most 100; each has 10 items.

    Raises UserError if the responses of the sections differ.
    """
    times: dict[tuple[str, int], list[float]] = defaultdict(list)
    folders = [find_section(number).folder for number in SECTIONS]
    with Server(folders[0]) as older, Server(folders[1]) as newer:
        for server in (older, newer):
            add_stores(server.database)
        with older.api() as one, newer.api() as other:
            paths = {number: f"/stores?page_size={number}" for number in numbers}
            for path in paths.values():
                if one.get(path).json() != other.get(path).json():
                    raise UserError(f"The responses to GET {path} are not equal.")
            # In turns, so that other work on the machine slows all of them alike.
            for _ in range(REPEATS):
                for number, path in paths.items():
                    times["11", number].append(measure_request(one, path))
                    times["14", number].append(measure_request(other, path))
    return {name: [min(times[name, number]) for number in numbers] for name in SECTIONS}


def measure_request(api: Api, path: str) -> float:
    """Return how many seconds a GET request takes."""
    start = time.perf_counter()
    api.get(path)
    return time.perf_counter() - start


def add_stores(database: Path) -> None:
    """Add stores with their items to the database of a server."""
    stores = [(number, f"Store {number}") for number in range(1, STORES + 1)]
    items = [
        (f"Item {store} {number}", number + 0.5, store)
        for store, _ in stores
        for number in range(ITEMS_PER_STORE)
    ]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany("INSERT INTO stores (id, name) VALUES (?, ?)", stores)
        connection.executemany(
            "INSERT INTO items (name, price, store_id) VALUES (?, ?, ?)", items
        )

"""Read responses directly from a database, for both yardsticks."""

import sqlite3
from typing import Any


class Items:
    """The items of a shop without stores, as in sections 04 and 05."""

    def __init__(self, file: str) -> None:
        self.db = sqlite3.connect(file)

    def find(self, name: str) -> dict[str, Any]:
        """Return an item."""
        query = "SELECT name, price FROM items WHERE name = ?"
        name, price = self.db.execute(query, (name,)).fetchone()
        return {"name": name, "price": price / 100}

    def find_all(self) -> dict[str, Any]:
        """Return every item."""
        rows = self.db.execute("SELECT name, price FROM items ORDER BY id")
        return {"items": [{"name": name, "price": price / 100} for name, price in rows]}


class Stores:
    """The items of a shop with stores, as in section 06."""

    def __init__(self, file: str) -> None:
        self.db = sqlite3.connect(file)

    def find(self, name: str) -> dict[str, Any]:
        """Return an item."""
        query = "SELECT id, name, price, store_id FROM items WHERE name = ?"
        id, name, price, store_id = self.db.execute(query, (name,)).fetchone()
        return {"id": id, "name": name, "price": price / 100, "store_id": store_id}

    def find_all(self) -> dict[str, Any]:
        """Return the first page of stores, which has all of them, with their items."""
        page = "SELECT id, name FROM stores ORDER BY id LIMIT 100"
        items = (
            "SELECT id, name, price, store_id FROM items WHERE store_id IN "
            "(SELECT id FROM stores ORDER BY id LIMIT 100) ORDER BY id"
        )
        stores: dict[int, dict[str, Any]] = {
            id: {"id": id, "name": name, "items": []}
            for id, name in self.db.execute(page)
        }
        for id, name, price, store_id in self.db.execute(items):
            stores[store_id]["items"].append(
                {"id": id, "name": name, "price": price / 100, "store_id": store_id}
            )
        return {"stores": list(stores.values())}


def open_shop(file: str, with_stores: bool) -> Items | Stores:
    """Connect to a database; the only worker keeps the connection open."""
    return Stores(file) if with_stores else Items(file)

"""Stores with items, for checks: with names and prices that no code can know."""

from dataclasses import dataclass

from classroom.exercises.random_values import random_name, random_price
from classroom.server.client import Api


@dataclass(frozen=True)
class FilledStore:
    """A store, and what the value of its items should be."""

    name: str
    value: dict[str, float]


def add_stores(api: Api, sizes: list[int]) -> list[FilledStore]:
    """Add stores with items at random prices; sizes: how many items each has."""
    return [add_store(api, [random_price() for _ in range(size)]) for size in sizes]


def add_store(api: Api, prices: list[float]) -> FilledStore:
    """Add a store with an item at each of these prices."""
    store = api.post(f"/store/{random_name('Shop')}").json()
    for price in prices:
        body = {"price": price, "store_id": store["id"]}
        api.put(f"/item/{random_name('Globe')}", json=body)
    value = {"items": len(prices), "value": round(sum(prices), 2)}
    return FilledStore(store["name"], value)

"""The exercises of section 03."""

from collections.abc import Iterator
from functools import cache

from classroom.exercises.common import (
    Request,
    check_answers,
    check_copy,
    expect,
    find_statuses,
)
from classroom.exercises.finding import Finding, Note
from classroom.exercises.random_values import random_name, random_price
from classroom.exercises.tests_of_students import check_tests
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api

STORE = "/store/My Wonderful Store"
ITEM = f"{STORE}/item/My Item"


def exercise_1(api: Api) -> Iterator[Finding]:
    """A store, filled over HTTP."""
    reply = api.get("/store/Corner Shop")
    there = reply.status_code == 200
    yield Finding(there, "There is a store named 'Corner Shop': POST it to /store.")
    items = reply.json()["items"] if there else []
    for name, price in (("Pen", 1.2), ("Ink", 4.5)):
        yield Finding(
            {"name": name, "price": price} in items,
            f"It has an item {name!r} at {price}: POST it to /store/Corner Shop/item.",
        )
    gone = api.get(STORE).status_code == 404
    yield Finding(gone, "'My Wonderful Store' is deleted: DELETE it as ana.")


REQUESTS: dict[str, Request] = {
    "GET a store that does not exist": ("GET", "/store/Nowhere", None),
    "POST a store without a name": ("POST", "/store", {}),
    "POST a store that already exists": (
        *("POST", "/store"),
        {"name": "My Wonderful Store"},
    ),
    "PUT an item that already exists": ("PUT", ITEM, {"price": 1}),
    "DELETE a store without a password": ("DELETE", STORE, None),
    "DELETE the list of stores": ("DELETE", "/store", None),
}


def exercise_2(answers: dict[str, int | None]) -> Iterator[Finding]:
    """Predictions of statuses, compared with those of an unchanged server."""
    yield from check_answers(answers, find_right_statuses())


@cache  # another prediction need not wait again
def find_right_statuses() -> dict[str, int]:
    """Start a server, and return its statuses."""
    with Server(find_section("03").folder) as server:
        return find_statuses(server.api(), REQUESTS)


def exercise_3() -> Iterator[Finding | Note]:
    """A new route, in a copy of the section."""
    yield from check_copy("03.3", check_patch)


def check_patch(api: Api) -> Iterator[Finding]:
    """Check that PATCH changes the price of an item, if it exists."""
    name, price = random_name("Globe"), random_price()
    api.put(f"{STORE}/item/{name}", json={"price": 1})
    changed = {"name": name, "price": price}
    reply = api.patch(f"{STORE}/item/{name}", json={"price": price})
    ok, note = expect(reply, 200, changed)
    yield Finding(ok, f"PATCH {STORE}/item/… responds with 200 and the item.{note}")
    stored = api.get(f"{STORE}/item/{name}").json() == changed
    yield Finding(stored, "After that, GET shows the new price.")
    for path, missing in (
        (f"{STORE}/item/Pizza", "Pizza"),
        ("/store/Atlantis/item/My Item", "Atlantis"),
    ):
        reply = api.patch(path, json={"price": 2})
        ok, note = expect(reply, 404)
        ok = ok and missing in reply.text
        yield Finding(ok, f"PATCH {path} responds with 404, and names {missing}.{note}")
    ok, note = expect(api.patch(ITEM, json={"price": -1}), 400)
    yield Finding(ok, f"PATCH with the price -1 responds with 400.{note}")
    put = api.put(ITEM, json={"price": 3})
    yield Finding(put.status_code == 200, "PUT to the same URL still works.")


def exercise_4() -> Iterator[Finding | Note]:
    """A bug that concerns new stores only."""
    yield from check_copy("03.4", check_empty_store)


def check_empty_store(api: Api) -> Iterator[Finding]:
    """Check that a store without items is found, and what is missing is not."""
    name, item = random_name("Shop"), random_name("Globe")
    api.post("/store", json={"name": name})
    ok, note = expect(api.get(f"/store/{name}"), 200, {"name": name, "items": []})
    yield Finding(ok, f"GET of a store without items responds with 200.{note}")
    ok, note = expect(api.get(f"/store/{name}/item"), 200, {"items": []})
    yield Finding(ok, f"GET of its items responds with an empty list.{note}")
    ok, note = expect(
        api.post(f"/store/{name}/item", json={"name": item, "price": 0}), 201
    )
    yield Finding(ok, f"POST adds its first item.{note}")
    ok, note = expect(
        api.get(f"/store/{name}/item/{item}"), 200, {"name": item, "price": 0}
    )
    yield Finding(ok, f"GET shows that item.{note}")
    for path in (f"/store/{name}x", f"/store/{name}/item/{item}x", "/stocktake/none"):
        ok, note = expect(api.get(path), 404)
        what = path.split("/")[-2]
        yield Finding(ok, f"GET of a missing {what} still responds with 404.{note}")


def exercise_5() -> Iterator[Finding]:
    """A test that finds a bug in PUT."""
    yield from check_tests("03.5", "test_put.py")

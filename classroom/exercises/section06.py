"""The exercises of section 06."""

import json
from collections.abc import Iterator
from functools import cache

from classroom.display.sql import read_statements
from classroom.exercises.common import check_answers, check_copy, expect, log_in
from classroom.exercises.finding import Finding, Note
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api


def exercise_1(api: Api) -> Iterator[Finding]:
    """Stores and items; one item moves to another store."""
    stores = {s["name"]: s["items"] for s in api.get("/stores").json()["stores"]}
    for name in ("North", "South"):
        yield Finding(name in stores, f"There is a store {name}: POST /store/{name}.")
    south = [item["name"] for item in stores.get("South", [])]
    moved = south == ["Globe"]
    text = "The Globe has moved to South: PUT it with its price and its new store_id."
    yield Finding(moved, text)
    gone = moved and api.get("/item/Map").status_code == 404
    yield Finding(gone, "The Map is gone: DELETE it.")


def exercise_2(answers: dict[str, int | None]) -> Iterator[Finding]:
    """Predictions of numbers of SQL statements, compared with a server's log."""
    yield from check_answers(answers, find_right_counts())


@cache  # another prediction need not wait again
def find_right_counts() -> dict[str, int]:
    """Start a server, and return how many statements its requests take."""
    folder = find_section("06").folder
    with Server(folder, settings={"SQLALCHEMY_ECHO": True}) as server:
        api = server.api()
        log_in(api)
        for store in ("North", "South"):
            made = api.post(f"/store/{store}").json()
            for item in ("Map", "Globe"):
                body = {"price": 1, "store_id": made["id"]}
                api.put(f"/item/{item} {store}", json=body)
        return {
            name: count_statements(server, api, method, path)
            for name, (method, path) in REQUESTS.items()
        }


REQUESTS = {
    "GET one item": ("GET", "/item/Map North"),
    "GET one store with 2 items": ("GET", "/store/North"),
    "GET 2 stores with 2 items each": ("GET", "/stores"),
    "POST a store": ("POST", "/store/East"),
    "DELETE a store with 2 items": ("DELETE", "/store/North"),
}


def count_statements(server: Server, api: Api, method: str, path: str) -> int:
    """Send a request, and return how many statements it took."""
    before = len(server.output())
    api.request(method, path)
    printed = server.output()[before:]
    return sum(sql != "COMMIT" for sql in read_statements(printed))


def exercise_3() -> Iterator[Finding | Note]:
    """A sum that the database computes, in a copy of the section."""
    yield from check_copy("06", check_value)


def check_value(api: Api) -> Iterator[Finding]:
    """Check that GET /store/<name>/value counts and adds up the items of a store."""
    log_in(api)
    store = api.post("/store/North").json()
    api.post("/store/South")
    for name, price in {"Map": 0.1, "Globe": 0.2}.items():
        api.put(f"/item/{name}", json={"price": price, "store_id": store["id"]})
    for path, body in {
        "/store/North/value": {"items": 2, "value": 0.3},
        "/store/South/value": {"items": 0, "value": 0},
    }.items():
        ok, note = expect(api.get(path), 200, body)
        yield Finding(ok, f"GET {path} responds with {json.dumps(body)}.{note}")
    missing, note = expect(api.get("/store/Atlantis/value"), 404)
    # Without the route, these are both 404.
    has_route = api.get("/store/North/value").status_code != 404
    text = f"GET /store/Atlantis/value responds with 404.{note}"
    yield Finding(missing and has_route, text)

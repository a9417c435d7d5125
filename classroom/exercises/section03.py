"""The exercises of section 03."""

from collections.abc import Iterator
from functools import cache

from classroom.exercises.common import (
    Request,
    expect,
    find_statuses,
    look_at_answers,
    look_at_copy,
)
from classroom.exercises.finding import Finding
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api

STORE = "/store/My Wonderful Store"
ITEM = f"{STORE}/item/My Item"


def exercise_1(api: Api) -> Iterator[Finding]:
    """A store, filled over HTTP."""
    answer = api.get("/store/Corner Shop")
    there = answer.status_code == 200
    yield Finding(there, "There is a store named 'Corner Shop': POST it to /store.")
    items = answer.json()["items"] if there else []
    for name, price in (("Pen", 1.2), ("Ink", 4.5)):
        yield Finding(
            {"name": name, "price": price} in items,
            f"It has an item named {name!r} at {price}: POST it to the store's /item.",
        )
    gone = api.get(STORE).status_code == 404
    yield Finding(gone, "'My Wonderful Store' is closed: DELETE it, as ana.")


REQUESTS: dict[str, Request] = {
    "GET a store that is not there": ("GET", "/store/Nowhere", None),
    "POST a store without a name": ("POST", "/store", {}),
    "POST a store that is there already": (
        *("POST", "/store"),
        {"name": "My Wonderful Store"},
    ),
    "PUT an item that is there already": ("PUT", ITEM, {"price": 1}),
    "DELETE a store without a password": ("DELETE", STORE, None),
    "DELETE the list of stores": ("DELETE", "/store", None),
}


def exercise_2(answers: dict[str, int | None]) -> Iterator[Finding]:
    """Statuses, predicted, then asked of a server that nobody has changed."""
    yield from look_at_answers(answers, find_right_statuses())


@cache  # who predicts again need not wait again
def find_right_statuses() -> dict[str, int]:
    """Start a server, and return what it answers."""
    with Server(find_section("03").folder) as server:
        return find_statuses(server.api(), REQUESTS)


def exercise_3() -> Iterator[Finding]:
    """A new route, in a copy of the section."""
    yield from look_at_copy("03", look_at_item_route)


def look_at_item_route(api: Api) -> Iterator[Finding]:
    """Look whether GET shows an item, and says what is not there."""
    right, came = expect(api.get(ITEM), 200, {"name": "My Item", "price": 15.99})
    yield Finding(right, f"GET /store/<name>/item/<item> shows the item.{came}")
    for path, missing in (
        (f"{STORE}/item/Pizza", "Pizza"),
        ("/store/Atlantis/item/My Item", "Atlantis"),
    ):
        reply = api.get(path)
        right, came = expect(reply, 404)
        right = right and missing in reply.text
        yield Finding(right, f"GET {path} answers 404, and names {missing}.{came}")
    put = api.put(ITEM, json={"price": 2})
    yield Finding(put.status_code == 200, "PUT at the same address still works.")

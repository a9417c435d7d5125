"""The exercises of section 04."""

from collections.abc import Iterator
from functools import cache, partial

import jwt

from classroom.exercises.common import (
    Request,
    check_answers,
    check_copy,
    expect,
    find_statuses,
    log_in,
)
from classroom.exercises.finding import Finding, Note
from classroom.exercises.random_values import random_name
from classroom.exercises.tests_of_students import check_tests
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api, bearer

MENU = {"Tea": 3.5, "Cocoa": 2.95}


def exercise_1(api: Api) -> Iterator[Finding]:
    """Items, created and deleted with a token."""
    items = {item["name"]: item["price"] for item in api.get("/items").json()["items"]}
    for name, price in MENU.items():
        done = items.get(name) == price
        yield Finding(done, f"{name} costs {price}: PUT it to /item/{name}.")
    others = ", ".join(sorted(items.keys() - MENU.keys()))
    text = f"There are no other items: DELETE {others or 'the rest'}."
    yield Finding(bool(items) and not others, text)


ITEM: object = {"price": 1}
REQUESTS: dict[str, Request] = {
    "GET /items without a token": ("GET", "/items", None),
    "POST an item without a token": ("POST", "/item/Tea", ITEM),
    "POST to /login with a wrong password": (
        *("POST", "/login"),
        {"username": "ana", "password": "let-me-in"},
    ),
    "POST to /login without a password": ("POST", "/login", {"username": "ana"}),
}
REQUESTS_WITH_TOKEN: dict[str, Request] = {
    "POST an item with a token": ("POST", "/item/Tea", ITEM),
    "POST the same item again": ("POST", "/item/Tea", ITEM),
    'PUT {"price": "free"} with a token': ("PUT", "/item/Tea", {"price": "free"}),
}


def exercise_2(answers: dict[str, int | None]) -> Iterator[Finding]:
    """Predictions of statuses, compared with those of an unchanged server."""
    yield from check_answers(answers, find_right_statuses())


@cache  # another prediction need not wait again
def find_right_statuses() -> dict[str, int]:
    """Start a server, and return its statuses."""
    with Server(find_section("04").folder) as server:
        api = server.api()
        statuses = find_statuses(api, REQUESTS)
        log_in(api)
        return statuses | find_statuses(api, REQUESTS_WITH_TOKEN)


def exercise_3() -> Iterator[Finding | Note]:
    """A protected route, in a copy of the section."""
    # Under another name: "ana" may be in the code.
    username = random_name("maria")
    check = partial(check_whoami, username=username)
    yield from check_copy("04.3", check, {"DEMO_USERNAME": username})


def check_whoami(api: Api, username: str) -> Iterator[Finding]:
    """Check that GET /whoami names the user of a token, and needs one.

    username: that of the demo user.
    """
    ok, note = expect(api.get("/whoami"), 401)
    yield Finding(ok, f"GET /whoami without a token responds with 401.{note}")
    log_in(api, username)
    ok, note = expect(api.get("/whoami"), 200, {"username": username})
    yield Finding(ok, f"With a token: 200, and the username of its user.{note}")
    paths = api.get("/openapi.json").json()["paths"]
    yield Finding("/whoami" in paths, "/docs describes it.")


def exercise_4() -> Iterator[Finding]:
    """A test that finds a bug in DELETE."""
    yield from check_tests("04.4", "test_delete.py")


KEY = "the key of this exercise, with 32 bytes"


def exercise_5() -> Iterator[Finding | Note]:
    """Reviews whose username a client chooses."""
    yield from check_copy("04.5", check_reviews, {"JWT_SECRET_KEY": KEY})


def check_reviews(api: Api) -> Iterator[Finding]:
    """Check that a review has the user of the token, and no other."""
    expected = []
    for stars in (4, 5):
        username = random_name("maria")  # this API never looks up its users
        token = bearer(jwt.encode({"sub": username, "type": "access"}, KEY))
        expected.append({"username": username, "stars": stars})
        reply = api.post("/reviews", json={"stars": stars}, headers=token)
        ok, note = expect(reply, 201, expected[-1])
        text = f"POST of {stars} stars responds with 201, and the user of the token."
        yield Finding(ok, f"{text}{note}")
    forged = {"username": "ana", "stars": 1}
    ok, note = expect(api.post("/reviews", json=forged, headers=token), 422)
    yield Finding(ok, f"A username in the body is refused: 422.{note}")
    ok, note = expect(api.post("/reviews", json={"stars": 1}), 401)
    yield Finding(ok, f"Without a token, the status is still 401.{note}")
    ok, note = expect(api.get("/reviews"), 200, {"reviews": expected})
    yield Finding(ok, f"GET /reviews lists these two reviews, and no others.{note}")

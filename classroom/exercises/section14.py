"""The exercises of section 14."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cache, partial
from operator import itemgetter

from requests import Response

from classroom.display.log import read_log
from classroom.exercises.common import (
    check_answers,
    check_responses,
    check_server,
    expect,
)
from classroom.exercises.finding import Finding, Note
from classroom.exercises.random_values import random_name, random_price
from classroom.exercises.statements import LOG_SQL, count_logged
from classroom.exercises.tests_of_students import check_tests
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api, bearer

ANA = {"username": "ana", "password": "open-sesame"}
MARIA = {"username": "maria", "password": "correct horse battery"}
WRONG = ANA | {"password": "not this one"}
OTHER_ADDRESS = {"X-Forwarded-For": "203.0.113.7"}
OLD_KEY, NEW_KEY = "the old key of this exercise, with 32 bytes", "k" * 32


def exercise_1(answers: Mapping[str, int | None]) -> Iterator[Finding]:
    """Predictions of statuses, compared with the responses of a server."""
    yield from check_answers(answers, find_right_statuses())


@cache  # another check need not start the server again
def find_right_statuses() -> dict[str, int]:
    """Start a server behind a proxy, and return its statuses."""
    settings = {"TRUSTED_PROXIES": 1, "JWT_SECRET_KEY": OLD_KEY}
    with Server(find_section("14").folder, settings=settings) as server:
        old = bearer(log_in(server.api(), ANA)["access_token"])
        return find_login_statuses(server.api()) | find_key_statuses(server, old)


def find_login_statuses(api: Api) -> dict[str, int]:
    """Guess the password of ana; return the statuses of some logins."""
    guesses = [api.post("/login", json=WRONG) for _ in range(11)]
    right = api.post("/login", json=ANA)
    elsewhere = api.post("/login", json=ANA, headers=OTHER_ADDRESS)
    return {
        "the 11th wrong password for ana in a minute": guesses[-1].status_code,
        "then ana's right password, from the same address": right.status_code,
        "ana's right password, from another address": elsewhere.status_code,
    }


def find_key_statuses(server: Server, old: dict[str, str]) -> dict[str, int]:
    """Rotate the key; return the statuses of requests with certain tokens.

    old: the header with a token of the old key.
    """
    server.settings |= {"JWT_SECRET_KEY": NEW_KEY, "JWT_OLD_KEYS": [OLD_KEY]}
    server.settings["JWT_ENCODE_AUDIENCE"] = "warehouse"
    server.restart()
    rotated = server.api().get("/user/1", headers=old)
    warehouse = bearer(log_in(server.api(), ANA)["access_token"])
    other = server.api().get("/user/1", headers=warehouse)
    server.settings["JWT_OLD_KEYS"] = []
    server.restart()
    removed = server.api().get("/user/1", headers=old)
    return {
        "GET /user/1, with a token of a key in JWT_OLD_KEYS": rotated.status_code,
        "GET /user/1, after that key was removed": removed.status_code,
        "GET /user/1, with a token for another audience": other.status_code,
    }


def log_in(api: Api, user: dict[str, str]) -> dict[str, str]:
    """Log a user in, and return the tokens."""
    tokens: dict[str, str] = api.post("/login", json=user).json()
    return tokens


def exercise_2() -> Iterator[Finding | Note]:
    """A rate limit for the refreshes of a login, in a copy of the section."""
    yield from check_server("14.2", check_refresh_limit)


def check_refresh_limit(server: Server) -> Iterator[Finding]:
    """Check that /refresh is limited for each login, by the setting REFRESH_LIMIT."""
    refreshes = refresh(server.api(), 21)
    limited = [reply.status_code for reply in refreshes] == [200] * 20 + [429]
    yield Finding(limited, "The 21st refresh of a login in a minute is refused: 429.")
    if not limited:
        return
    ok = refreshes[-1].headers.get("Retry-After", "").isdigit()
    yield Finding(ok, "Its response has the header Retry-After.")
    server.settings["REFRESH_LIMIT"] = "2 per minute"
    server.restart()
    yield from check_responses(server, check_two_logins)


def check_two_logins(api: Api) -> Iterator[Finding]:
    """Check that the limit is a setting, and counts the refreshes of each login."""
    ok = [reply.status_code for reply in refresh(api, 3)] == [200, 200, 429]
    yield Finding(ok, "With FLASK_REFRESH_LIMIT='2 per minute', it is the third one.")
    ok, note = expect(refresh(api, 1)[0], 200)
    yield Finding(ok, f"Another login of the same user can be refreshed.{note}")


def refresh(api: Api, times: int) -> list[Response]:
    """Log ana in, and refresh this login several times, each with the new token."""
    token = log_in(api, ANA)["refresh_token"]
    replies = []
    for _ in range(times):
        reply = api.post("/refresh", headers=bearer(token))
        replies.append(reply)
        token = reply.json().get("refresh_token", token)
    return replies


def exercise_3() -> Iterator[Finding | Note]:
    """The user of each request in the log, in a copy of the section."""
    yield from check_server("14.3", check_user_in_log)


def check_user_in_log(server: Server) -> Iterator[Finding]:
    """Check that the log has the id of the user of a token, and null without one."""
    with server.api() as api:
        token = log_in(api, ANA)["access_token"]
        api.post("/register", json=MARIA)
        maria = log_in(api, MARIA)["access_token"]
        for name, user, headers in (
            ("of ana", 1, bearer(token)),
            ("of maria", 2, bearer(maria)),
            ("that is not valid", None, bearer(f"{token}x")),
        ):
            logged = log_request(server, api, headers)
            shown = "null" if user is None else user
            ok = "user" in logged and logged["user"] == user
            yield Finding(ok, f'With a token {name}, the log has "user": {shown}.')
        logged = log_request(server, api, {})
        ok = "user" in logged and logged["user"] is None
        yield Finding(ok, 'Without a token, it has "user": null.')
        secrets = ANA["password"], MARIA["password"], token, maria
        ok = not any(secret in server.output() for secret in secrets)
        yield Finding(ok, "The log has no password and no token.")


def log_request(server: Server, api: Api, headers: dict[str, str]) -> dict[str, object]:
    """Send a request, and return its line in the log."""
    request_id = api.get("/items", headers=headers).headers["X-Request-ID"]
    lines = read_log(server.output())
    return next((line for line in lines if line.get("request_id") == request_id), {})


def exercise_4() -> Iterator[Finding | Note]:
    """A delivery that takes a statement for each item, in a copy of the section."""
    yield from check_server("14.4", check_delivery, settings=LOG_SQL)


def check_delivery(server: Server) -> Iterator[Finding]:
    """Check that a delivery takes as many statements for more items."""
    yield from check_responses(server, partial(check_deliveries, server))


def check_deliveries(server: Server, api: Api) -> Iterator[Finding]:
    """Check that all items of a delivery are added, or none, and count statements."""
    api.headers.update(bearer(log_in(api, ANA)["access_token"]))
    store_id = api.post(f"/store/{random_name('Shop')}").json()["id"]
    few, many = make_items(3), make_items(30)
    counts = []
    for items in few, many:
        before = len(server.output())
        reply = api.post("/delivery", json={"store_id": store_id, "items": items})
        counts.append(count_logged(server, before))
        ok, note = expect(reply, 200, {"message": f"Items added: {len(items)}."})
        yield Finding(ok, f"A delivery of {len(items)} items responds with 200.{note}")
    stored = find_stored_items(server) == sorted(few + many, key=itemgetter("name"))
    yield Finding(stored, "They are stored, with price, creator and time of creation.")
    text = "It takes as many statements for 30 items as for 3:"
    same = counts[0] == counts[1]
    yield Finding(same, f"{text} {counts[1]} and {counts[0]}.")
    for what, items in (
        ("a name that is taken", [*make_items(2), few[0]]),
        ("one name twice", make_items(2) * 2),
    ):
        reply = api.post("/delivery", json={"store_id": store_id, "items": items})
        ok, note = expect(reply, 409)
        yield Finding(ok, f"A delivery with {what} responds with 409.{note}")
    none = len(find_stored_items(server)) == 33
    yield Finding(none, "None of the items of these two deliveries is stored.")
    reply = api.post("/delivery", json={"store_id": 99, "items": make_items(1)})
    ok, note = expect(reply, 422)
    yield Finding(ok, f"A delivery to a missing store responds with 422.{note}")


def make_items(number: int) -> list[dict[str, object]]:
    """Return items with names and prices that no code can know in advance."""
    return [
        {"name": random_name("Tea"), "price": random_price()} for _ in range(number)
    ]


def find_stored_items(server: Server) -> list[dict[str, object]]:
    """Return the items in the database that ana has created, by name."""
    query = (
        "SELECT name, price FROM items WHERE creator_id = 1 AND created_at IS NOT NULL"
    )
    with closing(sqlite3.connect(server.database)) as database:
        rows = database.execute(f"{query} ORDER BY name")
        return [{"name": name, "price": price} for name, price in rows]


def exercise_5() -> Iterator[Finding]:
    """A test that finds a gap in the limit of guesses."""
    limit = {"GUESS_LIMIT": "3 per minute"}
    yield from check_tests("14.5", "test_limits.py", settings=limit)

"""The exercises of section 14."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cache

from requests import Response

from classroom.display.log import read_log
from classroom.exercises.common import (
    check_answers,
    check_responses,
    check_server,
    expect,
)
from classroom.exercises.finding import Finding, Note
from classroom.exercises.statements import LOG_SQL, count_statements
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
    yield Finding(ok, "With FLASK_REFRESH_LIMIT='2 per minute', the third is refused.")
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
        yield Finding(ok, 'Without a token, the log has "user": null.')
        secrets = ANA["password"], MARIA["password"], token, maria
        ok = not any(secret in server.output() for secret in secrets)
        yield Finding(ok, "The log has no password and no token.")


def log_request(server: Server, api: Api, headers: dict[str, str]) -> dict[str, object]:
    """Send a request, and return its line in the log."""
    request_id = api.get("/items", headers=headers).headers["X-Request-ID"]
    lines = read_log(server.output())
    return next((line for line in lines if line.get("request_id") == request_id), {})


def exercise_4() -> Iterator[Finding | Note]:
    """One query for a login and its user, in a copy of the section."""
    yield from check_server("14.4", check_lookup, settings=LOG_SQL)


def check_lookup(server: Server) -> Iterator[Finding]:
    """Check that a token takes one query, and that changes take effect at once."""
    with server.api() as api:
        api.post("/register", json=MARIA)
        ana, maria = (
            bearer(log_in(api, user)["access_token"]) for user in (ANA, MARIA)
        )
        shown = {"id": 2, "username": "maria", "role": "user"}
        ok, note = expect(api.get("/user/2", headers=maria), 200, shown)
        yield Finding(ok, f"GET /user/2 with the token of maria shows maria.{note}")
        ok, note = expect(api.get("/user/2", headers=ana), 403)
        yield Finding(ok, f"With the token of ana, it responds with 403.{note}")
        api.headers.update(maria)
        count = count_statements(server, api, "GET", "/item/Tea")
        text = "GET /item/Tea takes two queries, one of them for the token:"
        yield Finding(count == 2, f"{text} {count}.")
        make_admin(server, "maria")
        ok, note = expect(api.get("/user/1"), 200)
        yield Finding(ok, f"A new role takes effect with the next request.{note}")
        api.post("/logout")
        ok, note = expect(api.get("/user/2"), 401)
        yield Finding(ok, f"So does a logout.{note}")
        api.delete("/user/1", headers=ana)
        ok, note = expect(api.get("/user/1", headers=ana), 401)
        yield Finding(ok, f"So does the deletion of a user.{note}")


def make_admin(server: Server, username: str) -> None:
    """Make a user an admin, as another process would."""
    query = "UPDATE users SET role = 'admin' WHERE username = ?"
    with closing(sqlite3.connect(server.database)) as database:
        database.execute(query, [username])
        database.commit()


def exercise_5() -> Iterator[Finding]:
    """A test that finds a gap in the limit of guesses."""
    limit = {"GUESS_LIMIT": "2 per minute"}
    yield from check_tests("14.5", "test_limits.py", settings=limit)

"""The exercises of section 11."""

from collections.abc import Iterator, Mapping
from functools import cache

from requests import Response

from classroom.display.jwt import decode_part
from classroom.errors import ServerStartError
from classroom.exercises.common import (
    check_answers,
    check_copy,
    check_server,
    expect,
)
from classroom.exercises.finding import Finding, Note
from classroom.exercises.tests_of_students import check_tests
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api, bearer

ANA = {"username": "ana", "password": "open-sesame"}
MARIA = {"username": "maria", "password": "correct horse battery"}


def exercise_1(answers: Mapping[str, str | None]) -> Iterator[Finding]:
    """Predictions of token errors, compared with the responses of a server."""
    yield from check_answers(answers, find_right_errors())


@cache  # another check need not start the server again
def find_right_errors() -> dict[str, str]:
    """Start a server, and return its token errors."""
    with Server(find_section("11").folder) as server:
        return find_errors(server.api())


def find_errors(api: Api) -> dict[str, str]:
    """Send requests with bad tokens; return the values of error."""
    first, refreshed = log_in(api, ANA), log_in(api, ANA)
    refreshed |= api.post("/refresh", headers=bearer(refreshed["refresh_token"])).json()
    access, refresh = first["access_token"], first["refresh_token"]
    forged = access.replace(".", ".x", 1)
    change = {"old": ANA["password"], "new": "correct horse battery"}
    stale = bearer(refreshed["access_token"])
    replies = {
        "GET /item/Tea without a token": api.get("/item/Tea"),
        "GET /items with a character added to the token": api.get(
            "/items", headers=bearer(forged)
        ),
        "POST /refresh with an access token": api.post(
            "/refresh", headers=bearer(access)
        ),
        "PUT /item/Tea with a refresh token": api.put(
            "/item/Tea", json={"price": 1, "store_id": 1}, headers=bearer(refresh)
        ),
        "POST /password with a token from a refresh": api.post(
            "/password", json=change, headers=stale
        ),
    }
    api.delete("/user/1", headers=bearer(access))
    deleted = api.get("/item/Tea", headers=bearer(access))
    replies["GET /item/Tea after the user was deleted"] = deleted
    return {name: reply.json()["error"] for name, reply in replies.items()}


def log_in(api: Api, user: dict[str, str]) -> dict[str, str]:
    """Log a user in, and return the tokens."""
    tokens: dict[str, str] = api.post("/login", json=user).json()
    return tokens


def exercise_2() -> Iterator[Finding | Note]:
    """All logins of a user, listed and ended, in a copy of the section."""
    yield from check_copy("11.2", check_logins)


def check_logins(api: Api) -> Iterator[Finding]:
    """Check that /logins lists a user's logins, and /logout-everywhere ends them."""
    api.post("/register", json=MARIA)
    laptop, phone, maria = (
        bearer(log_in(api, user)["access_token"]) for user in (ANA, ANA, MARIA)
    )
    ok, note = expect(api.get("/logins"), 401)
    yield Finding(ok, f"GET /logins without a token responds with 401.{note}")
    if not ok:
        return
    for name, token, number in (("ana", laptop, 2), ("maria", maria, 1)):
        reply = api.get("/logins", headers=token)
        text = f"GET /logins lists the logins of {name}: {number}."
        ok, note = expect(reply, 200)
        yield Finding(ok and count_logins(reply) == number, f"{text}{note}")
    reply = api.post("/logout-everywhere", headers=laptop)
    ok, note = expect(reply, 200)
    yield Finding(ok, f"POST /logout-everywhere responds with 200.{note}")
    ended = [api.get("/user/1", headers=token) for token in (laptop, phone)]
    gone = all(reply.json().get("error") == "token_revoked" for reply in ended)
    yield Finding(gone, "After that, all tokens of ana are revoked.")
    stays = ok and api.get("/items", headers=maria).status_code == 200
    yield Finding(stays, "The tokens of maria are still valid.")


def count_logins(reply: Response) -> int:
    """Return how many different logins with an expiration time are listed."""
    logins = reply.json()["logins"]
    return len({login["id"] for login in logins if login["expires_at"]})


def exercise_3() -> Iterator[Finding | Note]:
    """A role between user and admin, in a copy of the section."""
    yield from check_server("11.3", check_clerk)


def check_clerk(server: Server) -> Iterator[Finding]:
    """Check that a clerk may delete items but not stores, and a user neither."""
    with server.api() as api:
        user = bearer(log_in(api, ANA)["access_token"])
        api.post("/register", json=MARIA)
        try:
            server.flask("grant-clerk", "maria")
            granted, note = True, ""
        except ServerStartError as error:
            granted, note = False, f" ({error.what})"
        yield Finding(
            granted, f"flask grant-clerk maria gives maria the role clerk.{note}"
        )
        if not granted:
            return
        clerk = bearer(log_in(api, MARIA)["access_token"])
        store = api.post("/store/North", headers=user).json()
        tea = {"price": 1, "store_id": store["id"]}
        api.post("/item/Tea", json=tea, headers=user)
        refused, note = expect(api.delete("/item/Tea", headers=user), 403)
        yield Finding(refused, f"A user is still not allowed to delete an item.{note}")
        ok, note = expect(api.delete("/item/Tea", headers=clerk), 200)
        yield Finding(ok, f"A clerk is allowed to delete an item.{note}")
        refused, note = expect(api.delete("/store/North", headers=clerk), 403)
        yield Finding(refused, f"A clerk is not allowed to delete a store.{note}")
        server.flask("grant-admin", "ana")
        api.post("/item/Tea", json=tea, headers=user)
        ok = all(
            api.delete(path, headers=user).status_code == 200
            for path in ("/item/Tea", "/store/North")
        )
        yield Finding(ok, "An admin is allowed to delete both.")
        paths = api.get("/openapi.json").json()["paths"]
        described = "403" in paths["/item/{name}"]["delete"]["responses"]
        yield Finding(described, "/docs describes 403 for DELETE /item/{name}.")


def exercise_4() -> Iterator[Finding | Note]:
    """A claim of the wrong type, in a copy of the section."""
    yield from check_copy("11.4", check_subjects)


def check_subjects(api: Api) -> Iterator[Finding]:
    """Check that tokens are valid until the logout, and that sub is a string."""
    api.post("/register", json=MARIA)
    logins = [log_in(api, user) for user in (ANA, MARIA)]
    for number, (user, tokens) in enumerate(zip((ANA, MARIA), logins, strict=True), 1):
        name, token = user["username"], bearer(tokens["access_token"])
        shown = {"id": number, "username": name, "role": "user"}
        ok, note = expect(api.get(f"/user/{number}", headers=token), 200, shown)
        text = f"GET /user/{number} with the token of {name} responds with 200."
        yield Finding(ok, f"{text}{note}")
    if not ok:
        return
    reply = api.post("/refresh", headers=bearer(tokens["refresh_token"]))
    ok, note = expect(reply, 200)
    yield Finding(ok, f"POST /refresh with a refresh token responds with 200.{note}")
    payloads = [decode_part(each.split(".")[1]) for each in tokens.values()]
    ok = [payload["sub"] for payload in payloads] == ["2", "2"]
    yield Finding(ok, "The claim sub of both tokens is as RFC 7519 requires.")
    api.post("/logout", headers=token)
    ok, note = expect(api.get("/user/2", headers=token), 401)
    yield Finding(ok, f"After POST /logout, the token is refused: 401.{note}")


def exercise_5() -> Iterator[Finding]:
    """A test that finds a bug in the reuse detection."""
    yield from check_tests("11.5", "test_refresh.py")

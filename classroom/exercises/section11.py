"""The exercises of section 11."""

from collections.abc import Iterator, Mapping
from functools import cache

from requests import Response

from classroom.errors import ServerStartError
from classroom.exercises.common import (
    PATIENCE,
    expect,
    look_at_answers,
    look_at_copy,
    look_at_server,
)
from classroom.exercises.finding import Finding
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api, bearer

ANA = {"username": "ana", "password": "open-sesame"}
MARIA = {"username": "maria", "password": "correct horse battery"}


def exercise_1(answers: Mapping[str, str | None]) -> Iterator[Finding]:
    """What is wrong with a token, predicted, then asked of a server."""
    yield from look_at_answers(answers, find_right_errors())


@cache  # who predicts again need not wait again
def find_right_errors() -> dict[str, str]:
    """Start a server, and return what it answers."""
    with Server(find_section("11").folder) as server:
        return find_errors(server.api())


def find_errors(api: Api) -> dict[str, str]:
    """Send requests whose tokens are not good; return what stands in error."""
    first, refreshed = log_in(api, ANA), log_in(api, ANA)
    refreshed |= api.post("/refresh", headers=bearer(refreshed["refresh_token"])).json()
    access, refresh = first["access_token"], first["refresh_token"]
    forged = access.replace(".", ".x", 1)
    change = {"old": ANA["password"], "new": "correct horse battery"}
    stale = bearer(refreshed["access_token"])
    replies = {
        "GET /item/Tea without a token": api.get("/item/Tea"),
        "GET /items with a letter added to the token": api.get(
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


def log_in(api: Api, who: dict[str, str]) -> dict[str, str]:
    """Log somebody in, and return the tokens."""
    tokens: dict[str, str] = api.post("/login", json=who).json()
    return tokens


def exercise_2() -> Iterator[Finding]:
    """All logins of a user, listed and ended, in a copy of the section."""
    yield from look_at_copy("11", look_at_logins)


def look_at_logins(api: Api) -> Iterator[Finding]:
    """Look whether /logins lists one's own logins, and /logout-everywhere ends them."""
    api.post("/register", json=MARIA)
    laptop, phone, maria = (
        bearer(log_in(api, who)["access_token"]) for who in (ANA, ANA, MARIA)
    )
    right, came = expect(api.get("/logins"), 401)
    yield Finding(right, f"GET /logins without a token answers 401.{came}")
    if not right:
        return
    for name, token, number in (("ana, twice", laptop, 2), ("maria, once", maria, 1)):
        reply = api.get("/logins", headers=token)
        text = f"GET /logins tells where one is logged in: {name}."
        right, came = expect(reply, 200)
        yield Finding(right and count_logins(reply) == number, f"{text}{came}")
    reply = api.post("/logout-everywhere", headers=laptop)
    right, came = expect(reply, 200)
    yield Finding(right, f"POST /logout-everywhere answers 200.{came}")
    ended = [api.get("/user/1", headers=token) for token in (laptop, phone)]
    gone = all(reply.json().get("error") == "token_revoked" for reply in ended)
    yield Finding(gone, "After that, all tokens of ana are revoked.")
    stays = right and api.get("/items", headers=maria).status_code == 200
    yield Finding(stays, "Those of maria are not.")


def count_logins(reply: Response) -> int:
    """Return how many different logins are listed, each with all that was asked for."""
    logins = reply.json()["logins"]
    return len({login["id"] for login in logins if login["expires_at"]})


def exercise_3() -> Iterator[Finding]:
    """A role between user and admin, in a copy of the section."""
    yield from look_at_server("11", look_at_clerk)


def look_at_clerk(server: Server) -> Iterator[Finding]:
    """Look whether a clerk may delete items, but not stores, and nobody else may."""
    with server.api() as api:
        api.timeout = PATIENCE
        user = bearer(log_in(api, ANA)["access_token"])
        api.post("/register", json=MARIA)
        try:
            server.flask("grant-clerk", "maria")
            granted, came = True, ""
        except ServerStartError as problem:
            granted, came = False, f" ({problem.what})"
        yield Finding(granted, f"flask grant-clerk maria makes maria a clerk.{came}")
        if not granted:
            return
        clerk = bearer(log_in(api, MARIA)["access_token"])
        store = api.post("/store/North", headers=user).json()
        tea = {"price": 1, "store_id": store["id"]}
        api.post("/item/Tea", json=tea, headers=user)
        refused, came = expect(api.delete("/item/Tea", headers=user), 403)
        yield Finding(refused, f"A user still deletes no items.{came}")
        right, came = expect(api.delete("/item/Tea", headers=clerk), 200)
        yield Finding(right, f"A clerk deletes an item.{came}")
        refused, came = expect(api.delete("/store/North", headers=clerk), 403)
        yield Finding(refused, f"A clerk deletes no store.{came}")
        server.flask("grant-admin", "ana")
        api.post("/item/Tea", json=tea, headers=user)
        right = all(
            api.delete(path, headers=user).status_code == 200
            for path in ("/item/Tea", "/store/North")
        )
        yield Finding(right, "An admin deletes both.")

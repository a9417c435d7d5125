"""A login lasts as long as it is refreshed, and ends with a logout."""

import pytest

from classroom.contract import since

pytestmark = since("11")


@pytest.fixture
def tokens(user, log_in):
    """Both tokens of a login that no other test has."""
    return log_in(user)


@pytest.fixture
def refresh(api, bearer):
    """A function that sends a refresh token, and returns the response."""
    return lambda token: api.post("/refresh", headers=bearer(token))


@pytest.fixture
def what_is_wrong(api, bearer, refresh):
    """A function that returns the error codes for both tokens of a login, or None.

    It uses the refresh token up.
    """

    def ask(tokens):
        read = api.get("/item/none", headers=bearer(tokens["access_token"]))
        replies = [read, refresh(tokens["refresh_token"])]
        return [reply.json().get("error") for reply in replies]

    return ask


GOOD = [None, None]
REVOKED = ["token_revoked", "token_revoked"]


def assert_revoked(reply):
    """Check that a response says that the login of a token has ended."""
    assert reply.status_code == 401
    assert reply.json()["error"] == "token_revoked"
    assert reply.json()["message"]
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/login", "/auth"])
def test_login_gives_two_tokens(api, user, path):
    """POST /login, also at /auth, returns 200 with an access and a refresh token."""
    reply = api.post(path, json=user)

    assert reply.status_code == 200
    assert set(reply.json()) == {"access_token", "refresh_token"}
    assert reply.json()["access_token"] != reply.json()["refresh_token"]


def test_refresh_gives_two_new_tokens(tokens, refresh, what_is_wrong):
    """POST /refresh returns 200 with an access and a refresh token, which are new."""
    reply = refresh(tokens["refresh_token"])

    assert reply.status_code == 200
    assert set(reply.json()) == {"access_token", "refresh_token"}
    assert not set(reply.json().values()) & set(tokens.values())
    assert what_is_wrong(reply.json()) == GOOD


def test_refresh_leaves_the_access_token_alone(api, tokens, refresh, bearer):
    """POST /refresh does not end the access token that was there before."""
    refresh(tokens["refresh_token"])

    reply = api.get("/item/none", headers=bearer(tokens["access_token"]))

    assert reply.status_code == 404


def test_refresh_again_and_again(tokens, refresh):
    """POST /refresh takes the refresh token that the last POST /refresh gave."""
    statuses = []

    for _ in range(5):
        reply = refresh(tokens["refresh_token"])
        statuses.append(reply.status_code)
        tokens = reply.json()

    assert statuses == [200] * 5


def test_access_token_of_a_refresh_is_not_fresh(
    api, tokens, refresh, bearer, new_name, priced
):
    """POST /refresh gives an access token that is not fresh: it may PUT, not POST."""
    path, old = f"/item/{new_name()}", tokens["refresh_token"]
    stale = bearer(refresh(old).json()["access_token"])

    reply = api.post(path, json=priced(1), headers=stale)

    assert reply.status_code == 401
    assert reply.json()["error"] == "fresh_token_required"
    assert reply.json()["message"]
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert api.get(path, headers=stale).status_code == 404
    assert api.put(path, json=priced(1), headers=stale).status_code == 201


def test_spent_refresh_token_ends_the_login(tokens, refresh, what_is_wrong):
    """POST /refresh with a token that was rotated returns 401, and ends that login."""
    first = refresh(tokens["refresh_token"]).json()
    second = refresh(first["refresh_token"]).json()

    reply = refresh(tokens["refresh_token"])

    assert_revoked(reply)
    assert what_is_wrong(second) == REVOKED
    assert what_is_wrong(first) == REVOKED
    assert what_is_wrong(tokens) == REVOKED


def test_spent_refresh_token_leaves_other_logins(
    user, tokens, log_in, refresh, what_is_wrong
):
    """POST /refresh with a token that was rotated ends that login, and no other."""
    other = log_in(user)
    first = refresh(tokens["refresh_token"]).json()
    refresh(first["refresh_token"])

    reply = refresh(tokens["refresh_token"])

    assert_revoked(reply)
    assert what_is_wrong(other) == GOOD


def test_refresh_from_two_tabs_at_once(tokens, refresh, at_once, what_is_wrong):
    """POST /refresh with one token, twice at the same time, returns 200 to both."""
    first, second = at_once(2, lambda _: refresh(tokens["refresh_token"]))

    assert first.status_code == 200
    assert second.status_code == 200
    assert what_is_wrong(first.json()) == GOOD
    assert what_is_wrong(second.json()) == GOOD


def test_refresh_needs_a_token(api):
    """POST /refresh returns 401 without a token, and asks for the refresh token."""
    reply = api.post("/refresh")

    assert reply.status_code == 401
    assert reply.json()["error"] == "authorization_required"
    assert "refresh token" in reply.json()["message"]
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_refresh_refuses_an_access_token(tokens, refresh, what_is_wrong):
    """POST /refresh returns 401 (invalid_token) to an access token; nothing ends."""
    reply = refresh(tokens["access_token"])

    assert reply.status_code == 401
    assert reply.json()["error"] == "invalid_token"
    assert "refresh token" in reply.json()["message"]
    assert what_is_wrong(tokens) == GOOD


@pytest.mark.parametrize("authorization", ["JWT {}", "{}", "Basic x", "", "Bearer x"])
def test_refresh_refuses_what_is_not_a_refresh_token(api, tokens, authorization):
    """POST /refresh returns 401 (invalid_token) for anything but a refresh token."""
    value = authorization.format(tokens["refresh_token"])

    reply = api.post("/refresh", headers={"Authorization": value})

    assert reply.status_code == 401
    assert reply.json()["error"] == "invalid_token"
    assert "Authorization: Bearer <refresh token>" in reply.json()["message"]


@pytest.mark.parametrize(
    "request_line",
    ["GET /items", "GET /item/x", "POST /store/{}", "POST /logout", "GET /user/1"],
)
def test_refresh_token_opens_nothing_else(api, tokens, bearer, new_name, request_line):
    """Routes for an access token return 401 (invalid_token) for a refresh token."""
    method, path = request_line.format(new_name()).split(maxsplit=1)

    reply = api.request(method, path, headers=bearer(tokens["refresh_token"]))

    assert reply.status_code == 401
    assert reply.json()["error"] == "invalid_token"


def test_logout_ends_both_tokens(api, tokens, bearer, what_is_wrong):
    """POST /logout returns 200; the access and the refresh token are revoked."""
    reply = api.post("/logout", headers=bearer(tokens["access_token"]))

    assert reply.status_code == 200
    assert reply.json()["message"]
    assert what_is_wrong(tokens) == REVOKED


def test_logout_ends_all_tokens_of_the_login(
    api, tokens, refresh, bearer, what_is_wrong
):
    """POST /logout revokes all tokens of the login, also those before a refresh."""
    newer = refresh(tokens["refresh_token"]).json()

    reply = api.post("/logout", headers=bearer(tokens["access_token"]))

    assert reply.status_code == 200
    assert what_is_wrong(newer) == REVOKED
    assert what_is_wrong(tokens) == REVOKED


def test_logout_leaves_other_logins(api, user, tokens, log_in, bearer, what_is_wrong):
    """POST /logout ends one login; others of the same user stay active."""
    other = log_in(user)

    reply = api.post("/logout", headers=bearer(tokens["access_token"]))

    assert reply.status_code == 200
    assert what_is_wrong(other) == GOOD


def test_logout_twice(api, tokens, bearer):
    """POST /logout returns 401 (token_revoked) for a token that is logged out."""
    api.post("/logout", headers=bearer(tokens["access_token"]))

    reply = api.post("/logout", headers=bearer(tokens["access_token"]))

    assert_revoked(reply)


def test_logout_needs_a_token(api):
    """POST /logout returns 401 (authorization_required) without a token."""
    reply = api.post("/logout")

    assert reply.status_code == 401
    assert reply.json()["error"] == "authorization_required"


def test_login_after_a_logout(api, user, tokens, log_in, bearer, what_is_wrong):
    """POST /login returns 200 after a logout, and the new tokens are valid."""
    api.post("/logout", headers=bearer(tokens["access_token"]))

    new = log_in(user)

    assert what_is_wrong(new) == GOOD


def test_logout_holds_in_every_process(api, tokens, bearer, at_once):
    """POST /logout holds in every process of the server, for 32 requests at once."""
    headers = bearer(tokens["access_token"])
    api.post("/logout", headers=headers)

    statuses = at_once(32, lambda _: api.get("/item/none", headers=headers).status_code)

    assert statuses == [401] * 32

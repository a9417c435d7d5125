"""Logins: the access token in the body, the refresh token in a cookie, and CSRF."""

import jwt
import pytest

pytestmark = pytest.mark.xdist_group("section13")  # they share a server

COOKIE = "refresh_token_cookie"


def cookie_header(reply, name):
    """Return the header Set-Cookie for a cookie, in its parts."""
    lines = reply.raw.headers.getlist("Set-Cookie")
    [line] = [line for line in lines if line.startswith(f"{name}=")]
    return line.split("; ")[1:]


def test_login_hides_the_refresh_token_from_javascript(user):
    credentials = {"email": user.email.upper(), "password": user.password}

    reply = user.api.post("/api/auth/login", json=credentials)

    assert set(reply.json()) == {"access_token", "user"}
    assert reply.headers["Cache-Control"] == "no-store"
    refresh = cookie_header(reply, COOKIE)
    assert {"HttpOnly", "Path=/api/auth", "SameSite=Strict"} < set(refresh)
    assert "Max-Age=2592000" in refresh  # 30 days
    csrf = cookie_header(reply, "csrf_refresh_token")
    assert {"Path=/", "SameSite=Strict"} < set(csrf)
    assert "HttpOnly" not in csrf
    assert "Secure" not in refresh + csrf  # this is not production


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_wrong_credentials_get_the_same_response(api, user, new_email, who):
    address = user.email if who == "known" else new_email()
    credentials = {"email": address, "password": "wrong password"}

    reply = api.post("/api/auth/login", json=credentials)

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.json() == {
        "message": "The address or the password is wrong.",
        "error": "wrong_credentials",
    }


def test_refresh_replaces_both_tokens(user):
    before = user.api.cookies[COOKIE]

    reply = user.api.post("/api/auth/refresh", headers=user.csrf)
    user.use(reply.json()["access_token"])

    assert reply.status_code == 200
    assert reply.json()["user"]["email"] == user.email
    assert user.api.cookies[COOKIE] != before
    assert user.api.get("/api/progress").status_code == 200


@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout"])
@pytest.mark.parametrize("header", [{}, {"X-CSRF-TOKEN": "a guess"}])
def test_cookie_without_the_csrf_header_is_forbidden(user, path, header):
    reply = user.api.post(path, headers=header)

    assert (reply.status_code, reply.json()["error"]) == (403, "csrf_token_required")


def test_csrf_token_is_not_accepted_in_a_form(user):
    """A form on another site can send fields, but no headers."""
    form = {"csrf_token": user.api.cookies["csrf_refresh_token"]}

    assert user.api.post("/api/auth/refresh", data=form).status_code == 403


def test_tokens_are_accepted_only_in_their_places(user, api):
    refresh, csrf = user.api.cookies[COOKIE], user.csrf
    access = user.api.headers["Authorization"].split()[1]

    as_header = {"Authorization": f"Bearer {refresh}"}
    as_cookie = {"Cookie": f"{COOKIE}={access}"} | csrf
    only_cookie = {"Cookie": f"{COOKIE}={refresh}"} | csrf

    assert error_of(api.get("/api/progress", headers=as_header)) == "invalid_token"
    assert error_of(api.post("/api/auth/refresh")) == "authorization_required"
    reply = api.post("/api/auth/refresh", headers=as_cookie)
    assert error_of(reply) in ("invalid_token", "csrf_token_required")
    reply = api.get("/api/progress", headers=only_cookie)
    assert error_of(reply) == "authorization_required"
    access_cookie = {"Cookie": f"access_token_cookie={access}"}
    reply = api.get("/api/progress", headers=access_cookie)
    assert error_of(reply) == "authorization_required"


def error_of(reply):
    """Return the code of an error."""
    assert reply.status_code in (401, 403)
    return reply.json()["error"]


def test_wrong_authorization_never_passes_for_a_visitor(api):
    for value in ("JWT x", "Basic x", "Bearer", "Bearer x", "Bearer a.b.c"):
        reply = api.get("/api/lists", headers={"Authorization": value})
        assert error_of(reply) == "invalid_token"


def test_logout_ends_both_tokens_and_deletes_the_cookies(user):
    refresh, csrf = user.api.cookies[COOKIE], user.csrf

    reply = user.api.post("/api/auth/logout", headers=csrf)
    cookie = {"Cookie": f"{COOKIE}={refresh}"} | csrf

    assert (reply.status_code, reply.content) == (204, b"")
    assert not user.api.cookies
    assert error_of(user.api.get("/api/progress")) == "token_revoked"
    assert error_of(user.api.post("/api/auth/refresh", headers=cookie)) == (
        "token_revoked"
    )


def test_five_requests_that_refresh_at_once_stay_logged_in(user, server, at_once):
    """Five requests of a page find out together that the access token has expired."""
    header = {"Cookie": f"{COOKIE}={user.api.cookies[COOKIE]}"} | user.csrf

    def refresh(number):
        with server.api() as session:
            return session.post("/api/auth/refresh", headers=header)

    replies = at_once(5, refresh)
    later = user.api.get("/api/progress")  # with the access token from before
    last = {"Cookie": f"{COOKIE}={replies[-1].cookies[COOKIE]}"} | user.csrf
    with server.api() as session:
        again = session.post("/api/auth/refresh", headers=last)

    assert [reply.status_code for reply in replies] == [200] * 5
    # The last cookie that arrives decides, so it must not matter which one that is.
    claims = [read(reply.cookies[COOKIE]) for reply in replies]
    assert len({claim["jti"] for claim in claims}) == 1
    assert {claim["csrf"] for claim in claims} == {user.csrf["X-CSRF-TOKEN"]}
    assert later.status_code == again.status_code == 200


def read(token):
    """Return the claims of a token."""
    return jwt.decode(token, options={"verify_signature": False})


def test_stolen_refresh_token_ends_the_login(user, server):
    old = {"Cookie": f"{COOKIE}={user.api.cookies[COOKIE]}"} | user.csrf
    for _ in range(2):  # the grace period is for the previous token only
        user.api.post("/api/auth/refresh", headers=user.csrf)

    with server.api() as thief:
        reply = thief.post("/api/auth/refresh", headers=old)

    assert error_of(reply) == "token_revoked"
    assert error_of(user.api.get("/api/progress")) == "token_revoked"

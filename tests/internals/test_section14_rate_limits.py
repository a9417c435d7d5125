"""Section 14: which requests a rate limit counts together, and the response 429."""

import json
import time

import pytest
from redis import RedisError

WRONG = {"username": "ana", "password": "wrong"}


@pytest.fixture
def start(make_app):
    """A function that makes the app; a test lowers the limit that it is about."""
    limits = {"GUESS_LIMIT": "99 per minute", "ADDRESS_LIMIT": "99 per minute"}
    return lambda **settings: make_app("14", **limits | settings)


@pytest.fixture
def app(start):
    return start(GUESS_LIMIT="2 per minute", ADDRESS_LIMIT="5 per minute")


def guess(app, path="/login", address="10.0.0.1", username="ana", **headers):
    """Return the response to a wrong password from an address."""
    return app.test_client().post(
        path,
        json=WRONG | {"username": username},
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )


def guesses(app, how_many, **how):
    """Return the statuses of several guesses."""
    return [guess(app, **how).status_code for _ in range(how_many)]


def test_too_many_guesses_are_429_in_the_form_of_all_errors(app):
    began = time.monotonic()
    assert guesses(app, 2) == [401, 401]

    reply = guess(app)

    remaining = 60 - (time.monotonic() - began)  # of the minute that is counted
    assert reply.status_code == 429
    assert reply.content_type == "application/json"
    assert reply.json.keys() == {"message"}
    assert "Retry-After" in reply.json["message"]
    assert remaining - 1 <= int(reply.headers["Retry-After"]) <= 61


def assert_over_limit(reply):
    """Check that a response says that there were too many requests."""
    assert reply.status_code == 429
    assert reply.json.keys() == {"message"}
    assert int(reply.headers["Retry-After"]) >= 1


def test_only_a_429_has_retry_after(app):
    assert "Retry-After" not in guess(app).headers


def test_limit_holds_in_any_60_seconds(app, monkeypatch):
    began = time.time()
    for seconds, expected in [(0, [401]), (59, [401]), (61, [401, 429])]:
        monkeypatch.setattr(time, "time", lambda now=began + seconds: now)

        assert guesses(app, len(expected)) == expected


@pytest.mark.parametrize("limit", ["GUESS_LIMIT", "ADDRESS_LIMIT"])
def test_request_after_retry_after_is_accepted(start, limit):
    app = start(**{limit: "2 per second"})
    replies = [guess(app)]
    while replies[-1].status_code == 401 and len(replies) < 1000:
        replies.append(guess(app))

    assert replies[-1].status_code == 429
    retry = time.monotonic() + int(replies[-1].headers["Retry-After"])
    while time.monotonic() < retry:
        time.sleep(0.01)

    assert guess(app).status_code == 401


def test_right_password_over_the_limit_is_429_too(app):
    guesses(app, 2)

    right = {"username": "ana", "password": "open-sesame"}
    reply = app.test_client().post(
        "/login", json=right, environ_base={"REMOTE_ADDR": "10.0.0.1"}
    )

    assert reply.status_code == 429


def test_login_and_auth_are_counted_together(app):
    statuses = [guess(app, path).status_code for path in ("/login", "/auth", "/login")]

    assert statuses == [401, 401, 429]


def test_guesses_at_another_user_are_counted_apart(app):
    guesses(app, 3)

    assert guess(app, username="bob").status_code == 401


def test_guesses_of_an_address_are_limited_for_all_users_together(app):
    statuses = [guess(app, username=f"user {n}").status_code for n in range(6)]

    assert statuses == [401] * 5 + [429]


def test_other_addresses_are_counted_apart(app):
    guesses(app, 6)

    assert guess(app, address="10.0.0.2").status_code == 401


@pytest.mark.parametrize(
    ("first", "second", "counted_together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("unknown", "unknown", True),
        ("unknown", "10.0.0.1", False),
    ],
)
def test_addresses_of_one_ipv6_network_are_counted_together(
    app, first, second, counted_together
):
    guesses(app, 2, address=first)

    status = guess(app, address=second).status_code

    assert status == (429 if counted_together else 401)


@pytest.mark.parametrize("username", ["ana ", "  ana", "\tana\n", "ａｎａ", "ªna"])
def test_other_ways_to_write_a_username_allow_no_more_guesses(app, username):
    guesses(app, 2)

    assert guess(app, username=username).status_code == 429


def from_router(app, client, forged=""):
    """Return the status of a guess through a router, which appends the client."""
    header = ", ".join(filter(None, [forged, client]))
    # All connections to the app come from the address of the router.
    return guess(app, address="10.9.9.9", X_Forwarded_For=header).status_code


def test_router_tells_the_clients_apart(start):
    app = start(TRUSTED_PROXIES=1, GUESS_LIMIT="2 per minute")

    assert [from_router(app, "1.1.1.1") for _ in range(3)] == [401, 401, 429]
    assert from_router(app, "2.2.2.2") == 401


def test_forged_header_does_not_avoid_the_limit(start):
    app = start(TRUSTED_PROXIES=1, GUESS_LIMIT="2 per minute")

    statuses = [from_router(app, "1.1.1.1", forged=f"3.3.3.{n}") for n in range(3)]

    assert statuses == [401, 401, 429]


def test_forged_header_does_not_count_for_another_client(start):
    app = start(TRUSTED_PROXIES=1, GUESS_LIMIT="2 per minute")

    for _ in range(3):
        from_router(app, "1.1.1.1", forged="2.2.2.2")

    assert from_router(app, "2.2.2.2") == 401


def test_without_a_router_the_header_is_ignored(app):
    statuses = [guess(app, X_Forwarded_For=f"3.3.3.{n}").status_code for n in range(3)]

    assert statuses == [401, 401, 429]


BAD_BODIES = {
    "empty": (b"", 400),
    "not JSON": (b"{", 400),
    "not UTF-8": (b"\xff\xfe", 400),
    "deeply nested": (b"[" * 100_000, 400),
    "a long number": (b"1" * 6000, 400),
    "a list": (b"[]", 422),
    "no username": (b"{}", 422),
    "not a string": (b'{"username": [], "password": "x"}', 422),
    "a surrogate": (b'{"username": "\\ud800", "password": "x"}', 422),
    "too long": (b" " * (1024 * 1024 + 1), 413),
}


@pytest.mark.parametrize(("body", "status"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_invalid_bodies_are_not_counted(app, body, status):
    client = app.test_client()

    for _ in range(3):
        reply = client.post("/login", data=body, content_type="application/json")

    assert reply.status_code == status
    assert "message" in reply.json
    assert guess(app).status_code == 401


def test_long_username_is_not_stored(app):
    body = {"username": "a" * 1_000_000, "password": "x"}
    post = app.test_client().post

    assert post("/login", data=json.dumps(body), content_type="application/json")

    [storage] = [e.storage for e in app.extensions["limiter"]]
    assert sum(len(key) for key in storage.storage) < 1000


def log_in(app, username, password):
    """Return the header Authorization of a user, who logs in from another address."""
    reply = app.test_client().post(
        "/login",
        json={"username": username, "password": password},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    return {"Authorization": f"Bearer {reply.json['access_token']}"}


def guess_old(app, headers):
    """Return the response to a change of the password with a wrong old one."""
    body = {"old": "wrong", "new": "another one"}
    return app.test_client().post(
        "/password",
        json=body,
        headers=headers,
        environ_base={"REMOTE_ADDR": "10.0.0.1"},
    )


def test_guesses_at_the_old_password_are_counted(app):
    ana = log_in(app, "ana", "open-sesame")

    replies = [guess_old(app, ana) for _ in range(3)]

    assert [reply.status_code for reply in replies[:2]] == [422, 422]
    assert_over_limit(replies[2])


def test_guesses_at_login_and_at_password_are_counted_together(app):
    ana = log_in(app, "ana", "open-sesame")

    statuses = [guess(app).status_code, guess_old(app, ana).status_code]

    assert statuses == [401, 422]
    assert guess(app).status_code == 429
    assert guess_old(app, ana).status_code == 429


def test_guesses_at_the_old_password_are_counted_for_each_user(app):
    new = {"username": "bob", "password": "open-sesame"}
    app.test_client().post("/register", json=new)
    ana, bob = log_in(app, "ana", "open-sesame"), log_in(app, "bob", "open-sesame")

    statuses = [guess_old(app, who).status_code for who in (ana, ana, ana, bob)]

    assert statuses == [422, 422, 429, 422]


def test_request_that_waited_for_redis_is_counted_in_memory(app, monkeypatch):
    """Another request that waited for Redis has just switched to the memory."""
    [limiter] = app.extensions["limiter"]

    def switch_and_fail(*args, **options):
        limiter._storage_dead = True
        raise RedisError

    monkeypatch.setattr(limiter._limiter, "hit", switch_and_fail)
    monkeypatch.setattr(limiter.storage, "check", lambda: False)
    # All apps in these tests share the limiter: it must switch back at the end.
    monkeypatch.setattr(limiter, "_storage_dead", limiter._storage_dead)

    assert guesses(app, 3) == [401, 401, 429]


def register(app, number, address="10.0.0.1"):
    """Return the response to a new user."""
    new = {"username": f"user {number}", "password": "a long one"}
    where = {"REMOTE_ADDR": address}
    return app.test_client().post("/register", json=new, environ_base=where)


def test_registrations_are_counted_for_each_address(start):
    app = start(REGISTER_LIMIT="2 per minute")

    replies = [register(app, number) for number in range(3)]

    assert [reply.status_code for reply in replies[:2]] == [201, 201]
    assert_over_limit(replies[2])
    assert register(app, 3, address="10.0.0.2").status_code == 201


@pytest.mark.parametrize("setting", ["GUESS_LIMIT", "ADDRESS_LIMIT", "REGISTER_LIMIT"])
@pytest.mark.parametrize("value", ["", "5", "often", "null"])
def test_invalid_limit_prevents_the_start(make_app, monkeypatch, setting, value):
    """Flask-Limiter would log an error for each request, and allow all of them."""
    monkeypatch.setenv(f"FLASK_{setting}", value)

    with pytest.raises(RuntimeError, match=f"FLASK_{setting} must be a limit"):
        make_app("14")


def test_default_limits_are_those_of_the_readme(make_app):
    app = make_app("14")

    assert guesses(app, 11) == [401] * 10 + [429]
    others = [guess(app, username=f"user {n}").status_code for n in range(51)]
    assert others == [401] * 50 + [429]  # requests over the limit are not counted

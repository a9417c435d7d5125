"""Rate limits of section 11: who is counted together, and what the answer says."""

import json
import time

import pytest

WRONG = {"username": "ana", "password": "wrong"}


@pytest.fixture
def start(make_app):
    """A function that makes the app, with limits that are not in the way of others."""
    limits = {"GUESS_LIMIT": "99 per minute", "ADDRESS_LIMIT": "99 per minute"}
    return lambda **settings: make_app("11", **limits | settings)


@pytest.fixture
def app(start):
    return start(GUESS_LIMIT="2 per minute", ADDRESS_LIMIT="5 per minute")


def guess(app, path="/login", address="10.0.0.1", username="ana", **headers):
    """Return the answer to a wrong password that comes from an address."""
    return app.test_client().post(
        path,
        json=WRONG | {"username": username},
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )


def guesses(app, how_many, **how):
    """Return the statuses of several guesses."""
    return [guess(app, **how).status_code for _ in range(how_many)]


def test_too_many_guesses_are_429_in_the_shape_of_all_errors(app):
    began = time.monotonic()
    assert guesses(app, 2) == [401, 401]

    reply = guess(app)

    left = 60 - (time.monotonic() - began)  # of the minute that is counted
    assert reply.status_code == 429
    assert reply.content_type == "application/json"
    assert reply.json.keys() == {"message"}
    assert "Retry-After" in reply.json["message"]
    assert left - 1 <= int(reply.headers["Retry-After"]) <= 61


def test_answer_that_is_no_429_says_nothing_of_retrying(app):
    assert "Retry-After" not in guess(app).headers


@pytest.mark.parametrize("limit", ["GUESS_LIMIT", "ADDRESS_LIMIT"])
def test_after_the_time_that_is_told_it_works(start, limit):
    app = start(**{limit: "2 per second"})
    while (reply := guess(app)).status_code != 429:
        assert reply.status_code == 401

    told = time.monotonic() + int(reply.headers["Retry-After"])
    while time.monotonic() < told:
        time.sleep(0.01)

    assert guess(app).status_code == 401


def test_rightful_user_hears_the_same_while_it_is_too_often(app):
    guesses(app, 2)

    right = {"username": "ana", "password": "open-sesame"}
    reply = app.test_client().post(
        "/login", json=right, environ_base={"REMOTE_ADDR": "10.0.0.1"}
    )

    assert reply.status_code == 429


def test_login_and_auth_are_counted_together(app):
    statuses = [guess(app, path).status_code for path in ("/login", "/auth", "/login")]

    assert statuses == [401, 401, 429]


def test_other_users_of_an_address_have_guesses_of_their_own(app):
    guesses(app, 3)

    assert guess(app, username="bob").status_code == 401


def test_address_has_no_more_guesses_however_many_users_it_tries(app):
    statuses = [guess(app, username=f"user {n}").status_code for n in range(6)]

    assert statuses == [401] * 5 + [429]


def test_other_addresses_do_not_notice(app):
    guesses(app, 6)

    assert guess(app, address="10.0.0.2").status_code == 401


@pytest.mark.parametrize("username", ["ana ", "  ana", "\tana\n"])
def test_blanks_around_a_name_give_no_more_guesses(app, username):
    guesses(app, 2)

    assert guess(app, username=username).status_code == 429


def from_router(app, client, forged=""):
    """Return the status of a guess through a router, which adds whose it is."""
    header = ", ".join(filter(None, [forged, client]))
    # To the app, all clients have the address of the router.
    return guess(app, address="10.9.9.9", X_Forwarded_For=header).status_code


def test_router_says_who_is_who(start):
    app = start(TRUSTED_PROXIES=1, GUESS_LIMIT="2 per minute")

    assert [from_router(app, "1.1.1.1") for _ in range(3)] == [401, 401, 429]
    assert from_router(app, "2.2.2.2") == 401


def test_forged_header_is_no_way_out(start):
    app = start(TRUSTED_PROXIES=1, GUESS_LIMIT="2 per minute")

    statuses = [from_router(app, "1.1.1.1", forged=f"3.3.3.{n}") for n in range(3)]

    assert statuses == [401, 401, 429]


def test_forged_header_locks_nobody_out(start):
    app = start(TRUSTED_PROXIES=1, GUESS_LIMIT="2 per minute")

    for _ in range(3):
        from_router(app, "1.1.1.1", forged="2.2.2.2")

    assert from_router(app, "2.2.2.2") == 401


def test_without_a_router_the_header_is_not_believed(app):
    statuses = [guess(app, X_Forwarded_For=f"3.3.3.{n}").status_code for n in range(3)]

    assert statuses == [401, 401, 429]


BAD_BODIES = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "no UTF-8": (b"\xff\xfe", 400),
    "a thousand brackets": (b"[" * 100_000, 400),
    "a long number": (b"1" * 6000, 400),
    "a list": (b"[]", 422),
    "no username": (b"{}", 422),
    "no text": (b'{"username": [], "password": "x"}', 422),
    "half a character": (b'{"username": "\\ud800", "password": "x"}', 422),
    "too long": (b" " * (1024 * 1024 + 1), 413),
}


@pytest.mark.parametrize(("body", "status"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_bad_bodies_are_no_guesses_and_answered_as_elsewhere(app, caplog, body, status):
    client = app.test_client()

    for _ in range(3):
        reply = client.post("/login", data=body, content_type="application/json")

    assert reply.status_code == status
    assert "message" in reply.json
    assert "fall" not in caplog.text  # back to memory: it is not Redis that is to blame


def test_long_username_is_not_kept(app):
    body = {"username": "a" * 1_000_000, "password": "x"}
    post = app.test_client().post

    assert post("/login", data=json.dumps(body), content_type="application/json")

    [storage] = [e.storage for e in app.extensions["limiter"]]
    assert sum(len(key) for key in storage.storage) < 1000


def log_in(app, username, password):
    """Return the headers of a user who has logged in, from some other address."""
    reply = app.test_client().post(
        "/login",
        json={"username": username, "password": password},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    return {"Authorization": f"Bearer {reply.json['access_token']}"}


def guess_old(app, headers):
    """Return the answer to one who changes a password, but does not know it."""
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

    assert [reply.status_code for reply in replies] == [422, 422, 429]
    assert "Retry-After" in replies[-1].headers


def test_guesses_at_the_old_password_and_at_the_login_count_together(app):
    ana = log_in(app, "ana", "open-sesame")

    statuses = [guess(app).status_code, guess_old(app, ana).status_code]

    assert statuses == [401, 422]
    assert guess(app).status_code == 429
    assert guess_old(app, ana).status_code == 429


def test_guesses_at_an_old_password_are_counted_for_each_user(app):
    new = {"username": "bob", "password": "open-sesame"}
    app.test_client().post("/register", json=new)
    ana, bob = log_in(app, "ana", "open-sesame"), log_in(app, "bob", "open-sesame")

    statuses = [guess_old(app, who).status_code for who in (ana, ana, ana, bob)]

    assert statuses == [422, 422, 429, 422]


def test_registrations_are_counted(start):
    app = start(REGISTER_LIMIT="2 per minute")

    statuses = [
        app.test_client()
        .post("/register", json={"username": f"user {n}", "password": "a long one"})
        .status_code
        for n in range(3)
    ]

    assert statuses == [201, 201, 429]


@pytest.mark.parametrize("setting", ["GUESS_LIMIT", "ADDRESS_LIMIT", "REGISTER_LIMIT"])
@pytest.mark.parametrize("text", ["", "5", "often", "null"])
def test_limit_that_says_nothing_refuses_to_start(make_app, monkeypatch, setting, text):
    """Flask-Limiter would log an error for each request, and let it pass."""
    monkeypatch.setenv(f"FLASK_{setting}", text)

    with pytest.raises(RuntimeError, match=f"FLASK_{setting} must be a limit"):
        make_app("11")


def test_default_limits_are_those_of_the_readme(make_app):
    app = make_app("11")

    assert guesses(app, 11) == [401] * 10 + [429]
    others = [guess(app, username=f"user {n}").status_code for n in range(51)]
    assert others == [401] * 50 + [429]  # what was refused above does not count

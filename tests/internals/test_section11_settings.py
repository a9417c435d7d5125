"""Section 11: keys, settings from outside, and what the command line can do."""

import json
import secrets
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import sqlalchemy as sa

ANA = {"username": "ana", "password": "open-sesame"}
OLD_KEY, NEW_KEY = "the old key " * 6, "the new key " * 6


@pytest.fixture
def start(make_app):
    """A function that makes the app, with settings, on the same database each time."""
    return lambda **settings: make_app("11", **settings)


def log_in(app):
    """Return the access token and the refresh token of a new login."""
    reply = app.test_client().post("/login", json=ANA)
    return reply.json["access_token"], reply.json["refresh_token"]


def ask(app, path, token, method="GET"):
    """Return the answer to a request with a token."""
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().open(path, method=method, headers=headers)


def read(token):
    """Return the claims of a token, whoever signed it."""
    return jwt.decode(token, options={"verify_signature": False})


def test_old_key_verifies_while_it_stands_among_the_old_ones(start):
    access, token = log_in(start(JWT_SECRET_KEY=OLD_KEY))

    app = start(JWT_SECRET_KEY=NEW_KEY, JWT_OLD_KEYS=[secrets.token_hex(), OLD_KEY])

    assert ask(app, "/items", access).status_code == 200
    new = ask(app, "/refresh", token, "POST").json["access_token"]
    assert ask(start(JWT_SECRET_KEY=NEW_KEY), "/items", new).status_code == 200


def test_old_key_that_is_taken_out_verifies_no_more(start):
    access, token = log_in(start(JWT_SECRET_KEY=OLD_KEY))

    app = start(JWT_SECRET_KEY=NEW_KEY)

    for reply in ask(app, "/items", access), ask(app, "/refresh", token, "POST"):
        assert reply.status_code == 401
        assert reply.json["error"] == "invalid_token"


def test_new_tokens_are_signed_with_the_new_key(start):
    app = start(JWT_SECRET_KEY=NEW_KEY, JWT_OLD_KEYS=[OLD_KEY])

    for token in log_in(app):
        assert jwt.decode(token, NEW_KEY, algorithms=["HS256"], audience="shop")


def test_name_of_a_key_stands_in_the_token_and_tells_nothing_of_it(start):
    names = set()
    for key in OLD_KEY, NEW_KEY:
        access, _ = log_in(start(JWT_SECRET_KEY=key))
        names.add(jwt.get_unverified_header(access)["kid"])

    assert len(names) == 2
    assert all(len(name) == 16 for name in names)
    assert not any(name in OLD_KEY + NEW_KEY for name in names)


@pytest.mark.parametrize("kid", ["of the present key", "of the old key", "unknown", ""])
def test_token_signed_with_another_key_is_refused_whatever_key_it_names(
    start, load, kid
):
    app = start(JWT_SECRET_KEY=NEW_KEY, JWT_OLD_KEYS=[OLD_KEY])
    name_key = load("11", "keys").name_key
    names = {
        "of the present key": name_key(NEW_KEY),
        "of the old key": name_key(OLD_KEY),
    }
    claims = read(log_in(app)[0])
    headers = {"kid": names.get(kid, kid)}

    token = jwt.encode(claims, secrets.token_hex(), "HS256", headers=headers)

    assert ask(app, "/items", token).json["error"] == "invalid_token"


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_other_algorithms_are_refused(start, algorithm):
    app = start(JWT_SECRET_KEY=NEW_KEY)
    claims = read(log_in(app)[0])

    token = jwt.encode(claims, NEW_KEY if algorithm != "none" else None, algorithm)

    assert ask(app, "/items", token).json["error"] == "invalid_token"


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "role"])
def test_token_that_lacks_a_claim_is_refused(start, claim):
    app = start(JWT_SECRET_KEY=NEW_KEY)
    claims = read(log_in(app)[0])
    del claims[claim]

    token = jwt.encode(claims, NEW_KEY, "HS256")

    assert ask(app, "/items", token).status_code == 401


@pytest.mark.parametrize(
    "settings",
    [
        {"JWT_SECRET_KEY": "k" * 31},
        {"JWT_SECRET_KEY": ""},
        {"JWT_SECRET_KEY": None},
        {"JWT_SECRET_KEY": 12345678},
        {"JWT_OLD_KEYS": ["k" * 31]},
        {"JWT_OLD_KEYS": [OLD_KEY, 12345678]},
    ],
    ids=str,
)
def test_short_key_refuses_to_start_and_says_how_to_make_one(start, settings):
    with pytest.raises(RuntimeError) as refusal:
        start(**settings)

    assert "32 bytes or more" in str(refusal.value)
    assert "token_hex()" in str(refusal.value)


@pytest.mark.parametrize("text", [OLD_KEY, "5", '{"kid": "key"}'])
def test_old_keys_that_are_no_list_refuse_to_start(start, monkeypatch, text):
    monkeypatch.setenv("FLASK_JWT_OLD_KEYS", text)

    with pytest.raises(RuntimeError, match="FLASK_JWT_OLD_KEYS must be a list"):
        start()


@pytest.mark.parametrize("text", ["", "[]", "null"])
def test_there_need_be_no_old_keys(start, monkeypatch, text):
    monkeypatch.setenv("FLASK_JWT_OLD_KEYS", text)

    assert log_in(start())


def test_key_of_32_bytes_will_do(start):
    assert log_in(start(JWT_SECRET_KEY="ä" * 16))


@pytest.mark.parametrize(
    ("name", "text"),
    [("ACCESS", text) for text in ("0", "false", "true", "-1", "1.5", "15 minutes")]
    + [("REFRESH", "0"), ("REFRESH", "null")],
)
def test_token_that_would_never_expire_refuses_to_start(start, monkeypatch, name, text):
    """To flask_jwt_extended, 0 and false mean that tokens are good for ever."""
    monkeypatch.setenv(f"FLASK_JWT_{name}_TOKEN_EXPIRES", text)

    with pytest.raises(RuntimeError, match=f"FLASK_JWT_{name}_TOKEN_EXPIRES must be"):
        start()


def test_settings_come_from_the_environment(start, monkeypatch):
    access, _ = log_in(start(JWT_SECRET_KEY=OLD_KEY))
    monkeypatch.setenv("FLASK_JWT_SECRET_KEY", NEW_KEY)
    monkeypatch.setenv("FLASK_JWT_OLD_KEYS", json.dumps([OLD_KEY]))
    monkeypatch.setenv("FLASK_JWT_ACCESS_TOKEN_EXPIRES", "2")
    monkeypatch.setenv("FLASK_JWT_REFRESH_TOKEN_EXPIRES", "60")
    monkeypatch.setenv("FLASK_GUESS_LIMIT", "1 per minute")

    app = start()

    assert ask(app, "/items", access).status_code == 200
    claims = [read(token) for token in log_in(app)]
    assert [c["exp"] - c["iat"] for c in claims] == [2, 60]
    assert app.test_client().post("/login", json=ANA).status_code == 429


def test_tokens_live_for_15_minutes_and_30_days(start):
    app = start()
    tokens = log_in(app)

    claims = [read(token) for token in tokens]

    assert [c["exp"] - c["iat"] for c in claims] == [15 * 60, 30 * 24 * 60 * 60]


def command(app, *words):
    """Return what a command of the app has come to."""
    return app.test_cli_runner().invoke(args=words)


def test_admin_is_granted_and_revoked_by_name(start):
    app = start()
    access, _ = log_in(app)

    granted = command(app, "grant-admin", "ana")
    assert ask(app, "/user/1", access).json["role"] == "admin"
    revoked = command(app, "revoke-admin", "ana")
    assert ask(app, "/user/1", access).json["role"] == "user"

    assert (granted.exit_code, granted.output) == (0, "ana is an admin.\n")
    assert (revoked.exit_code, revoked.output) == (0, "ana is no admin any more.\n")


def test_admin_is_one_user_and_not_the_others(start):
    app = start()
    bob = {"username": "bob", "password": "open-sesame"}
    app.test_client().post("/register", json=bob)

    command(app, "grant-admin", "bob")

    assert ask(app, "/user/1", log_in(app)[0]).json["role"] == "user"


@pytest.mark.parametrize("words", ["grant-admin", "revoke-admin"])
def test_unknown_name_is_told(start, words):
    result = command(start(), words, "nobody")

    assert result.exit_code == 1
    assert result.output == "Error: There is no user named 'nobody'.\n"


def test_purge_deletes_expired_logins_only_and_says_how_many(start):
    app = start()
    ended = [log_in(app), log_in(app)]
    _, alive = log_in(app)
    ids = [read(token)["sid"] for token, _ in ended]
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        past = datetime.now(UTC) - timedelta(seconds=1)
        logins = db.metadata.tables["logins"]
        expired = sa.update(logins).where(logins.c.id.in_(ids))
        db.session.execute(expired.values(expires_at=past))
        db.session.commit()

    first, second = command(app, "purge-tokens"), command(app, "purge-tokens")

    assert (first.exit_code, first.output) == (0, "2 expired logins are deleted.\n")
    assert second.output == "0 expired logins are deleted.\n"
    assert ask(app, "/refresh", alive, "POST").status_code == 200


def test_refreshed_login_is_kept_for_as_long_as_its_new_token(start):
    app = start(JWT_REFRESH_TOKEN_EXPIRES=1)
    _, token = log_in(app)
    app.config["JWT_REFRESH_TOKEN_EXPIRES"] = 60

    token = ask(app, "/refresh", token, "POST").json["refresh_token"]

    with app.app_context():
        db = app.extensions["sqlalchemy"]
        expires_at = db.session.scalar(
            sa.select(db.metadata.tables["logins"].c.expires_at)
        )
    assert abs(expires_at.timestamp() - read(token)["exp"]) < 2

"""Section 14: keys that rotate, and what a token must say about itself (RFC 8725)."""

import json
import secrets
from datetime import timedelta

import jwt
import pytest
from flask_jwt_extended import create_access_token

ANA = {"username": "ana", "password": "open-sesame"}
OLD_KEY, NEW_KEY = "the old key " * 6, "the new key " * 6


@pytest.fixture
def start(make_app):
    """A function that makes the app, with settings, on the same database each time."""
    return lambda **settings: make_app("14", **settings)


def log_in(app):
    """Return the access token and the refresh token of a new login."""
    reply = app.test_client().post("/login", json=ANA)
    return reply.json["access_token"], reply.json["refresh_token"]


def send(app, request, token):
    """Return the response to a request such as "GET /items", with a token."""
    method, path = request.split()
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().open(path, method=method, headers=headers)


def read(token):
    """Return the claims of a token, whichever key signed it."""
    return jwt.decode(token, options={"verify_signature": False})


def test_old_key_verifies_tokens_and_a_refresh_replaces_them(start):
    access, token = log_in(start(JWT_SECRET_KEY=OLD_KEY))

    app = start(JWT_SECRET_KEY=NEW_KEY, JWT_OLD_KEYS=[secrets.token_hex(), OLD_KEY])

    assert send(app, "GET /items", access).status_code == 200
    new = send(app, "POST /refresh", token).json["access_token"]
    assert send(start(JWT_SECRET_KEY=NEW_KEY), "GET /items", new).status_code == 200


def test_new_key_signs_new_tokens(start):
    app = start(JWT_SECRET_KEY=NEW_KEY, JWT_OLD_KEYS=[OLD_KEY])

    for token in log_in(app):
        assert jwt.decode(token, NEW_KEY, algorithms=["HS256"], audience="shop")


def test_id_of_a_key_reveals_nothing_of_it(start):
    ids = set()
    for key in OLD_KEY, NEW_KEY:
        access, _ = log_in(start(JWT_SECRET_KEY=key))
        ids.add(jwt.get_unverified_header(access)["kid"])

    assert len(ids) == 2
    assert all(len(key_id) == 16 for key_id in ids)
    assert not any(key_id in OLD_KEY + NEW_KEY for key_id in ids)


def test_token_without_the_id_of_a_key_is_verified_with_the_current_one(start):
    """Tokens from before section 14 have no kid."""
    app = start(JWT_SECRET_KEY=NEW_KEY, JWT_OLD_KEYS=[OLD_KEY])
    claims = read(log_in(app)[0])

    tokens = [jwt.encode(claims, key, "HS256") for key in (NEW_KEY, OLD_KEY)]

    statuses = [send(app, "GET /items", token).status_code for token in tokens]
    assert statuses == [200, 401]


@pytest.mark.parametrize("keys", [["k" * 31], [OLD_KEY, 12345678]], ids=str)
def test_short_old_keys_prevent_the_start(start, keys):
    with pytest.raises(RuntimeError, match="Each .* must have 32 bytes or more"):
        start(JWT_OLD_KEYS=keys)


def test_old_key_of_32_bytes_is_accepted(start):
    assert log_in(start(JWT_OLD_KEYS=["ä" * 16]))


@pytest.mark.parametrize("value", [OLD_KEY, "5", '{"kid": "key"}'])
def test_old_keys_that_are_not_a_list_prevent_the_start(start, monkeypatch, value):
    monkeypatch.setenv("FLASK_JWT_OLD_KEYS", value)

    with pytest.raises(RuntimeError, match="FLASK_JWT_OLD_KEYS must be a list"):
        start()


@pytest.mark.parametrize("value", ["", "[]", "null"])
def test_old_keys_are_optional(start, monkeypatch, value):
    monkeypatch.setenv("FLASK_JWT_OLD_KEYS", value)

    assert log_in(start())


def test_keys_come_from_the_environment(start, monkeypatch):
    access, _ = log_in(start(JWT_SECRET_KEY=OLD_KEY))
    monkeypatch.setenv("FLASK_JWT_SECRET_KEY", NEW_KEY)
    monkeypatch.setenv("FLASK_JWT_OLD_KEYS", json.dumps([OLD_KEY]))

    app = start()

    assert send(app, "GET /items", access).status_code == 200
    assert jwt.decode(log_in(app)[0], NEW_KEY, algorithms=["HS256"], audience="shop")


def test_token_of_section_11_is_invalid(start):
    """It has neither an issuer nor an audience, so users log in once more."""
    app = start()
    claims = read(log_in(app)[0])
    older = {name: claims[name] for name in claims if name not in ("iss", "aud")}

    token = jwt.encode(older, app.config["JWT_SECRET_KEY"], "HS256")

    assert claims["iss"] == claims["aud"] == "shop"
    assert send(app, "GET /items", token).json["error"] == "invalid_token"


@pytest.mark.parametrize(("seconds", "status"), [(3, 200), (8, 401)])
def test_clocks_may_differ_by_five_seconds(start, load, seconds, status):
    app = start()
    claims = {"sid": read(log_in(app)[0])["sid"]}
    with app.app_context():
        user = load("14", "models").UserModel.find(1)
        expired = create_access_token(
            user,
            expires_delta=timedelta(seconds=-seconds),
            additional_claims=claims,
        )

    assert send(app, "GET /items", expired).status_code == status

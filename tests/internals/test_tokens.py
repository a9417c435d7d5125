"""Tokens that no client can get from the server, and settings of tokens."""

from datetime import timedelta

import jwt
import pytest
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    decode_token,
)

UNTIL = "11"  # from there on, see test_token_table.py


def delete_item(app, token):
    """Return the response to a request that needs a token, with this one."""
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().delete("/item/none", headers=headers)


def make_token(app, **claims):
    """Return a token with the signature of an app, and with other claims."""
    with app.app_context():
        token = create_access_token("1")
    key = app.config["JWT_SECRET_KEY"]
    usual = jwt.decode(token, key, algorithms=["HS256"])
    return jwt.encode(usual | claims, key, algorithm="HS256")


def test_token_of_the_app_is_valid(app):
    with app.app_context():
        token = create_access_token("1")

    assert delete_item(app, token).status_code == 404


def test_token_is_valid_for_15_minutes(app):
    with app.app_context():
        claims = decode_token(create_access_token("1"))

    assert claims["exp"] - claims["iat"] == 15 * 60


def test_expired_token_is_named_so(app):
    with app.app_context():
        token = create_access_token("1", expires_delta=timedelta(seconds=-1))

    reply = delete_item(app, token)

    assert reply.status_code == 401
    assert reply.json["error"] == "token_expired"
    assert reply.json["message"] == "The token has expired. Log in again."
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


def test_token_of_another_server_is_invalid(app):
    token = jwt.encode({"sub": "1", "type": "access"}, "k" * 32, algorithm="HS256")

    reply = delete_item(app, token)

    assert reply.status_code == 401
    assert reply.json["error"] == "invalid_token"


def test_refresh_token_is_not_an_access_token(app):
    with app.app_context():
        token = create_refresh_token("1")

    reply = delete_item(app, token)

    assert reply.status_code == 401
    assert reply.json["error"] == "invalid_token"


@pytest.mark.parametrize(
    "claims",
    [{"sub": 1}, {"sub": None}, {"nbf": 9**12}, {"iat": 9**12}, {"exp": "soon"}],
    ids=str,
)
def test_token_with_odd_claims_is_invalid(app, claims):
    reply = delete_item(app, make_token(app, **claims))

    assert reply.status_code == 401
    assert reply.json["error"] == "invalid_token"


def test_default_key_names_its_purpose_and_is_long_enough(app):
    key = app.config["JWT_SECRET_KEY"]

    assert "development" in key
    assert len(key.encode()) >= 32  # RFC 7518 for HS256


def test_missing_token_is_401_in_production(app):
    """Flask-RESTful alone would make it a 500, unless testing or debugging."""
    assert not app.testing
    assert not app.debug

    reply = app.test_client().delete("/item/none")

    assert reply.status_code == 401


def test_exception_in_the_app_is_500_in_json(shop, make_app, load, monkeypatch):
    folder, module = shop
    app = make_app(folder.name[7:9], module)
    models = load(folder.name[7:9], "models")
    monkeypatch.delattr(models.ItemModel, "find")

    reply = app.test_client().get("/item/Chair")

    assert reply.status_code == 500
    assert reply.json["message"]
    assert "find" not in reply.text

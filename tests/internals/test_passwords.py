"""Passwords: stored as hashes, which cost an attacker time and reveal no usernames."""

import hashlib

import pytest


@pytest.fixture
def app(shop, load, make_app):
    """The app of each section that has tokens, with the hashes of its config.py."""
    folder, module = shop
    default = load(folder.name[7:9], "config").PASSWORD_HASH
    return make_app(folder.name[7:9], module, PASSWORD_HASH=default)


@pytest.fixture
def costs(app, monkeypatch):
    """The cost (N, r and p) of each hash that is computed from now on."""
    computed, scrypt = [], hashlib.scrypt

    def record(password, *, n, r, p, **options):
        computed.append((n, r, p))
        return scrypt(password, n=n, r=r, p=p, **options)

    monkeypatch.setattr(hashlib, "scrypt", record)
    return computed


@pytest.mark.parametrize("username", ["ana", "unknown"])
def test_wrong_login_costs_one_hash_whether_the_user_exists_or_not(
    app, costs, username
):
    login = {"username": username, "password": "wrong"}

    reply = app.test_client().post("/login", json=login)

    assert reply.status_code == 401
    assert costs == [(32768, 8, 1)]


def test_password_is_stored_as_a_hash_only(app, shop, load):
    models = load(shop[0].name[7:9], "models")

    with app.app_context():
        user = models.UserModel.find_by_login("ana", "open-sesame")

    assert user.username == "ana"
    assert user.password_hash.startswith("scrypt:32768:")  # Werkzeug's default
    assert "open-sesame" not in repr(vars(user))

"""Passwords: never kept, and never told apart by how long an answer takes."""

import sys

import pytest


@pytest.fixture(scope="module")
def hash_method():
    """None but the usual one: here, hashes take the time that they take."""
    return ""


@pytest.fixture
def hashes(shop, load, app, monkeypatch):
    """The hash of every password check that the app makes."""
    user_model = load(shop[0].name[7:9], "models").UserModel
    module = sys.modules[user_model.__module__]
    checked, check = [], module.check_password_hash

    def record(known_hash, password):
        checked.append(known_hash)
        return check(known_hash, password)

    monkeypatch.setattr(module, "check_password_hash", record)
    return checked


def test_unknown_user_costs_as_much_as_a_wrong_password(app, hashes):
    client = app.test_client()

    client.post("/login", json={"username": "ana", "password": "wrong"})
    client.post("/login", json={"username": "nobody", "password": "wrong"})

    known, unknown = hashes
    assert known != unknown
    # The method and its cost; then come the salt and the hash.
    assert known.split("$")[0] == unknown.split("$")[0]
    assert known.startswith("scrypt:32768:")


def test_password_is_kept_as_a_hash_only(app, shop, load):
    models = load(shop[0].name[7:9], "models")

    with app.app_context():
        user = models.UserModel.find_by_login("ana", "open-sesame")

    assert user.username == "ana"
    assert user.password_hash.startswith("scrypt:32768:")  # Werkzeug's default
    assert "open-sesame" not in repr(vars(user))

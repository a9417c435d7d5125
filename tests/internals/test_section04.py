"""Names in older code, as the README of section 4 lists them, and equal requests."""

import time
from collections import Counter

import flask_jwt_extended
import pytest
from flask import Flask
from flask_jwt_extended import JWTManager

from classroom.sections import find_section

README = (find_section("04").folder / "README.md").read_text(encoding="utf-8")
METHODS = [("POST", 201, 409), ("PUT", 201, 200)]


@pytest.mark.parametrize(
    "name",
    [
        *("jwt_optional", "jwt_refresh_token_required", "fresh_jwt_required"),
        *("get_jwt_claims", "get_raw_jwt"),
    ],
)
def test_old_function_is_gone(name):
    assert name in README
    assert not hasattr(flask_jwt_extended, name)
    assert hasattr(flask_jwt_extended, "jwt_required")
    assert hasattr(flask_jwt_extended, "get_jwt")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("user_claims_loader", "additional_claims_loader"),
        ("token_in_blacklist_loader", "token_in_blocklist_loader"),
    ],
)
def test_old_loader_is_gone(old, new):
    assert old in README
    assert not hasattr(JWTManager, old)
    assert hasattr(JWTManager, new)


def test_old_jwt_required_without_parentheses_breaks_every_request():
    app = Flask(__name__)
    app.config["JWT_SECRET_KEY"] = "k" * 32
    app.testing = True
    JWTManager(app)

    @app.get("/<name>")
    @flask_jwt_extended.jwt_required
    def view(name):
        return name

    with pytest.raises(TypeError, match="got an unexpected keyword argument"):
        app.test_client().get("/x")


class SlowDict(dict):
    """A dictionary whose look-ups take so long that other threads run in between."""

    def __contains__(self, key):
        found = super().__contains__(key)
        time.sleep(0.05)
        return found


@pytest.mark.parametrize("module", ["app", "classic"])
@pytest.mark.parametrize(("method", "first", "others"), METHODS)
def test_of_equal_requests_at_the_same_time_one_is_first(
    make_app, load, monkeypatch, at_once, module, method, first, others
):
    app = make_app("04", module)
    monkeypatch.setattr(load("04", "models"), "items", SlowDict())
    with app.app_context():
        token = flask_jwt_extended.create_access_token("ana")
    headers = {"Authorization": f"Bearer {token}"}

    def send(_):
        request = {"method": method, "json": {"price": 1}, "headers": headers}
        return app.test_client().open("/item/Tea", **request).status_code

    assert Counter(at_once(4, send)) == {first: 1, others: 3}

"""What became of the names that older code uses, as the README of section 4 says."""

import time
from concurrent.futures import ThreadPoolExecutor

import flask_jwt_extended
import pytest
from flask import Flask
from flask_jwt_extended import JWTManager

from classroom.sections import find_section

README = (find_section("04").folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *("jwt_optional", "jwt_refresh_token_required", "fresh_jwt_required"),
        *("get_jwt_claims", "get_raw_jwt"),
    ],
)
def test_old_function_is_gone(name):
    assert f"{name}" in README
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


def test_old_jwt_required_without_brackets_breaks_every_request():
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
    """A dictionary that takes so long to look at that other threads get in between."""

    def __contains__(self, key):
        found = super().__contains__(key)
        time.sleep(0.05)
        return found


@pytest.mark.parametrize("module", ["app", "classic"])
@pytest.mark.parametrize(
    ("verb", "wanted"), [("post", [201, 409]), ("put", [200, 201])]
)
def test_two_who_write_an_item_at_the_same_moment(make_app, load, verb, module, wanted):
    app, models = make_app("04", module), load("04", "models")
    models.ItemModel.kept = SlowDict()
    with app.app_context():
        token = flask_jwt_extended.create_access_token("ana")
    headers = {"Authorization": f"Bearer {token}"}

    def write(_):
        call = getattr(app.test_client(), verb)
        return call("/item/Tea", json={"price": 1}, headers=headers).status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(write, range(2))) == wanted

"""The same API as half the code in the world has it: with Flask-RESTful.

Flask-RESTful is not developed any more; app.py uses flask-smorest instead. Both keep
the same promises, and this is what it takes here. It runs with: flask --app classic run
"""

import json
from decimal import Decimal
from functools import partial

import flask_restful
from flask import Flask, url_for
from flask_jwt_extended import create_access_token
from flask_restful import Resource, abort
from flask_restful.reqparse import RequestParser
from werkzeug.exceptions import HTTPException, UnprocessableEntity

import config
from checks import check_price, check_text, read_json, read_name
from errors import answer_error_as_json
from models import ItemModel, NameTaken, UserModel
from tokens import jwt, jwt_required


class Api(flask_restful.Api):
    """Registers resources, and leaves errors to Flask."""

    def error_router(self, original_handler, error):
        """Have Flask handle an error."""
        # Flask-RESTful knows HTTP's errors only: to it, a missing token is a 500. (Code
        # that sets PROPAGATE_EXCEPTIONS against this gets HTML for real mistakes.)
        return original_handler(error)


# With the usual type=float, RequestParser takes "1", true and NaN for prices.
item_parser = RequestParser(bundle_errors=True)
item_parser.add_argument(
    "price", type=check_price, location="json", required=True, nullable=False
)
login_parser = RequestParser(bundle_errors=True)
for field in ("username", "password"):
    login_parser.add_argument(
        field, type=check_text, location="json", required=True, nullable=False
    )


def parse_body(parser):
    """Return what a RequestParser reads in the body; answer 422 to what it refuses."""
    body = read_json()
    if not isinstance(body, dict):  # at which RequestParser would break down
        abort(422, message='The body must be a JSON object: {"field": value}.')
    known = {argument.name for argument in parser.args}
    errors = {field: ["Unknown field."] for field in body if field not in known}
    try:
        fields = parser.parse_args(http_error_code=422)
    except UnprocessableEntity as refusal:
        for field, problem in refusal.data["message"].items():
            errors[field] = [problem]
    if errors:
        abort(422, message="Some fields are not right: see 'errors'.", errors=errors)
    return fields


def show(item):
    """Return an item in the form that clients see."""
    return {"name": item.name, "price": item.price / 100}


class Items(Resource):
    """All items."""

    def get(self):
        """List every item."""
        return {"items": [show(item) for item in ItemModel.find_all()]}


class Item(Resource):
    """One item."""

    def get(self, name):
        """Show one item."""
        name = read_name(name, 404)
        item = ItemModel.find(name)
        if item is None:
            abort(404, message=f"There is no item named {name!r}.")
        return show(item)

    @jwt_required()
    def post(self, name):
        """Add an item."""
        new = parse_body(item_parser)
        name = read_name(name)
        try:
            item = ItemModel.add(name, new.price)
        except NameTaken:
            abort(409, message=f"An item named {name!r} already exists.")
        return show(item), 201, {"Location": url_for("item", name=name)}

    @jwt_required()
    def put(self, name):
        """Set the price of an item, which is added if it is not there yet."""
        new = parse_body(item_parser)
        item, is_new = ItemModel.put(read_name(name), new.price)
        if not is_new:
            return show(item)
        return show(item), 201, {"Location": url_for("item", name=item.name)}

    @jwt_required()
    def delete(self, name):
        """Delete an item."""
        name = read_name(name, 404)
        if not ItemModel.delete(name):
            abort(404, message=f"There is no item named {name!r}.")
        return {"message": f"Item {name!r} is deleted."}


class Login(Resource):
    """A login."""

    def post(self):
        """Give an access token for a username and password."""
        login = parse_body(login_parser)
        user = UserModel.find_by_login(login.username.strip(), login.password)
        if user is None:
            abort(
                401,
                message="The username or the password is wrong.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return {"access_token": create_access_token(identity=user.username)}


def create_app(test_config=None):
    """Make the app: our settings, then FLASK_* ones from outside, then the caller's."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config)
    # From outside, what looks like a number arrives as one.
    app.config["JWT_SECRET_KEY"] = str(app.config["JWT_SECRET_KEY"])
    app.url_map.merge_slashes = False  # /item//x is no address: 404, not a redirect
    app.json.sort_keys = False  # answers keep the order in which we write their fields
    app.json.loads = partial(json.loads, parse_float=Decimal)  # 0.1 stays 0.1
    app.register_error_handler(HTTPException, answer_error_as_json)

    jwt.init_app(app)
    api = Api(app)
    api.add_resource(Items, "/items")
    api.add_resource(Item, "/item/<name>")
    api.add_resource(Login, "/login", "/auth")

    username, password = app.config["DEMO_USERNAME"], app.config["DEMO_PASSWORD"]
    if username:
        UserModel.add(str(username), str(password))
    return app

"""The same API in the style of many older ones: with Flask-RESTful.

Flask-RESTful is no longer maintained, so app.py uses flask-smorest. Both keep the same
contract; this module shows what that takes. Run it: flask --app classic run
"""

import flask_restful
from flask import Flask, request, url_for
from flask_jwt_extended import create_access_token, jwt_required
from flask_restful import Resource, abort
from flask_restful.reqparse import RequestParser
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, UnprocessableEntity

import config
import tokens
from api import Parser, respond_with_json
from models import ItemModel, NameTaken, UserModel
from schemas import ItemSchema, LoginSchema, NameSchema


class Items(Resource):
    """All items."""

    def get(self):
        """List every item."""
        return {"items": ItemSchema().dump(ItemModel.find_all(), many=True)}


class Item(Resource):
    """One item."""

    def get(self, name):
        """Show one item."""
        name = read_name(name, 404)
        item = ItemModel.find(name)
        if item is None:
            abort(404, message=f"There is no item named {name!r}.")
        return ItemSchema().dump(item)

    @jwt_required()
    def post(self, name):
        """Add an item."""
        name, new = read_name(name), read_body(item_parser)
        try:
            item = ItemModel.add(name, new.price)
        except NameTaken:
            abort(409, message=f"An item named {name!r} already exists.")
        return ItemSchema().dump(item), 201, {"Location": url_for("item", name=name)}

    @jwt_required()
    def put(self, name):
        """Set the price of an item; create the item if it does not exist."""
        name, new = read_name(name), read_body(item_parser)
        item, is_new = ItemModel.put(name, new.price)
        if not is_new:
            return ItemSchema().dump(item)
        return ItemSchema().dump(item), 201, {"Location": url_for("item", name=name)}

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
        """Return an access token for a username and a password."""
        credentials = read_body(login_parser)
        user = UserModel.find_by_login(**credentials)
        if user is None:
            message = "The username or the password is wrong."
            abort(401, message=message, headers={"WWW-Authenticate": "Bearer"})
        return {"access_token": create_access_token(identity=user.username)}


def make_parser(schema):
    """Return a RequestParser that applies the rules of a schema."""

    def rule(field):
        def convert(value):
            try:
                return field.deserialize(value)
            except ValidationError as error:
                raise ValueError(" ".join(error.messages)) from None

        return convert

    parser = RequestParser(bundle_errors=True)
    for name, field in schema.load_fields.items():
        # With the usual type=float, a price could also be "1", true or NaN.
        parser.add_argument(
            name, type=rule(field), location="json", required=True, nullable=False
        )
    return parser


item_parser = make_parser(ItemSchema())
login_parser = make_parser(LoginSchema())


def read_body(parser):
    """Return the fields of the body, or respond 422 and list what is wrong."""
    body = Parser().load_json(request, None)
    if not isinstance(body, dict):  # which RequestParser cannot read
        abort(422, message='The body must be a JSON object: {"field": value}.')
    known = {argument.name for argument in parser.args}
    errors = {field: ["Unknown field."] for field in body if field not in known}
    try:
        fields = parser.parse_args(http_error_code=422)
    except UnprocessableEntity as refusal:
        for field, problem in refusal.data["message"].items():
            errors[field] = [problem]
    if errors:
        abort(422, message="Some fields are not valid: see 'errors'.", errors=errors)
    return fields


def read_name(name, status=422):
    """Return the name in a URL, or respond with a status if it is not valid."""
    try:
        return NameSchema().load({"name": name})["name"]
    except ValidationError as error:
        abort(status, message="The name is not valid.", errors=error.messages)


class Api(flask_restful.Api):
    """Registers resources, and leaves errors to Flask."""

    def error_router(self, original_handler, error):
        """Let Flask handle an error."""
        # Flask-RESTful handles HTTP errors only, so a missing token would be a 500.
        # (Older code sets PROPAGATE_EXCEPTIONS; then the response to a bug is in HTML.)
        return original_handler(error)


def create_app(test_config=None):
    """Create the app from config.py, environment variables (FLASK_…) and arguments."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config)
    app.url_map.merge_slashes = False  # /item//x is a 404, not a redirect
    app.json.sort_keys = False  # keep the order in which the schemas list their fields
    app.register_error_handler(HTTPException, respond_with_json)

    tokens.init_app(app)
    api = Api(app)
    api.add_resource(Items, "/items")
    api.add_resource(Item, "/item/<name>")
    api.add_resource(Login, "/login", "/auth")

    with app.app_context():
        username, password = app.config["DEMO_USERNAME"], app.config["DEMO_PASSWORD"]
        if username:
            UserModel.add(str(username), str(password))
    return app

"""Section 6: stores that have items, kept by SQLAlchemy."""

import json
from decimal import Decimal
from functools import partial

from flask import Flask

import config
import db
from api import Api
from docs import swagger_ui
from items import blp as items
from models import NameTaken, UserModel
from stores import blp as stores
from tokens import jwt
from users import blp as users


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

    db.init_app(app)
    jwt.init_app(app)
    api = Api(app)
    api.register_blueprint(stores)
    api.register_blueprint(items)
    api.register_blueprint(users)
    app.register_blueprint(swagger_ui)

    with app.app_context():
        add_demo_user(app)
    return app


def add_demo_user(app):
    """Add the user whom every section knows, unless there is one of that name."""
    # From outside, a password such as 12345678 arrives as a number.
    username = str(app.config["DEMO_USERNAME"])
    if username and UserModel.find(username) is None:
        try:
            UserModel.add(username, str(app.config["DEMO_PASSWORD"]))
        except NameTaken:
            pass  # another process of this server was faster

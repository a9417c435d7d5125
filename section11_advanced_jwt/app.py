"""Section 11: a shop whose tokens are refreshed, revoked, and know their roles."""

import json
from decimal import Decimal
from functools import partial

from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError, TimeoutError

import commands
import config
import db
import keys
import logs
import production
import rate_limits
from api import Api
from docs import swagger_ui
from errors import answer_no_database
from health import blp as health
from items import blp as items
from logins import blp as logins
from models import NoSuchUser
from stores import blp as stores
from tokens import answer_deleted_user, jwt
from users import blp as users


def create_app(test_config=None):
    """Make the app: our settings, then FLASK_* ones from outside, then the caller's."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config)
    app.url_map.merge_slashes = False  # /item//x is no address: 404, not a redirect
    app.json.sort_keys = False  # answers keep the order in which we write their fields
    app.json.loads = partial(json.loads, parse_float=Decimal)  # 0.1 stays 0.1

    logs.init_app(app)
    keys.init_app(app)
    production.init_app(app)
    db.init_app(app)
    jwt.init_app(app)
    rate_limits.init_app(app)
    api = Api(app)
    api.register_blueprint(stores)
    api.register_blueprint(items)
    api.register_blueprint(users)
    api.register_blueprint(logins)
    api.register_blueprint(health)
    app.register_blueprint(swagger_ui)
    # The database does not answer, or has other tables than ours, or too much to do.
    for error in OperationalError, ProgrammingError, TimeoutError:
        app.register_error_handler(error, answer_no_database)
    app.register_error_handler(NoSuchUser, answer_deleted_user)
    commands.init_app(app)
    return app

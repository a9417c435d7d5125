"""Section 14: the shop, hardened for production."""

from flask import Flask

import commands
import config
import db
import headers
import keys
import logs
import production
import rate_limits
import tokens
from api import Api
from docs import swagger_ui
from health import blp as health
from items import blp as items
from logins import blp as logins
from stores import blp as stores
from users import blp as users


def create_app(test_config=None):
    """Create the app from config.py, environment variables (FLASK_…) and arguments."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config)
    app.url_map.merge_slashes = False  # /item//x is a 404, not a redirect
    app.json.sort_keys = False  # keep the order in which the schemas list their fields

    logs.init_app(app)
    headers.init_app(app)
    production.init_app(app)
    db.init_app(app)
    tokens.init_app(app)
    keys.init_app(app)
    rate_limits.init_app(app)
    commands.init_app(app)
    api = Api(app)
    api.register_blueprint(stores)
    api.register_blueprint(items)
    api.register_blueprint(users)
    api.register_blueprint(logins)
    api.register_blueprint(health)
    app.register_blueprint(swagger_ui)
    return app

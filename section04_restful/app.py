"""Section 4: items as resources, and tokens for the clients that change them."""

from flask import Flask

import config
import tokens
from api import Api
from docs import swagger_ui
from items import blp as items
from models import UserModel
from users import blp as users


def create_app(test_config=None):
    """Create the app from config.py, environment variables (FLASK_…) and arguments."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config)
    app.url_map.merge_slashes = False  # /item//x is a 404, not a redirect
    app.json.sort_keys = False  # keep the order in which the schemas list their fields

    tokens.init_app(app)
    api = Api(app)
    api.register_blueprint(items)
    api.register_blueprint(users)
    app.register_blueprint(swagger_ui)

    with app.app_context():
        username, password = app.config["DEMO_USERNAME"], app.config["DEMO_PASSWORD"]
        if username:
            UserModel.add(str(username), str(password))
    return app

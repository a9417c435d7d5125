"""Section 13: a vocabulary trainer, with a single-page app and e-mail."""

from flask import Flask

import commands
import config
import cors
import db
import frontend
import mailing
import production
import tokens
from api import Api, Blueprint
from auth import blp as auth
from docs import swagger_ui
from health import blp as health
from lists import blp as lists
from mail_links import blp as mail_links
from training import blp as training
from users import blp as users
from words import blp as words


def create_app(test_config=None):
    """Create the app from config.py, environment variables (FLASK_…) and arguments."""
    app = Flask(__name__, static_folder=None)
    app.config.from_object(config)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config)
    app.url_map.merge_slashes = False  # /api//lists is a 404, not a redirect
    app.json.sort_keys = False  # keep the order in which the schemas list their fields
    app.logger.setLevel("INFO")  # log also which mail is sent, and by which process

    production.init_app(app)
    db.init_app(app)
    tokens.init_app(app)
    mailing.init_app(app)
    commands.init_app(app)
    Api(app).register_blueprint(make_api_blueprint(app))
    app.register_blueprint(swagger_ui, url_prefix="/api")
    frontend.init_app(app)
    return app


def make_api_blueprint(app):
    """Return a blueprint with all routes of the API, for what they have in common."""
    blueprint = Blueprint("api", __name__, url_prefix="/api")
    for part in users, auth, mail_links, lists, words, training, health:
        blueprint.register_blueprint(part)
    cors.init_blueprint(blueprint, app.config)
    blueprint.after_request(store_nothing)
    return blueprint


def store_nothing(response):
    """Tell browsers and proxies to store no response, since most depend on the user."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

"""The enrollment site: students register, log in, and enroll in courses."""

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

import config
from enrollment import commands, database, errors, headers, production, sessions
from enrollment.accounts import blp as accounts
from enrollment.api import Api
from enrollment.courses import blp as courses
from enrollment.pages import blp as pages
from enrollment.users import blp as users

csrf = CSRFProtect()


def create_app(test_config=None):
    """Create the app from config.py, environment variables (FLASK_…) and arguments."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.from_prefixed_env()
    app.config.from_mapping(test_config)

    production.init_app(app)
    database.init_app(app)
    sessions.init_app(app)
    commands.init_app(app)
    csrf.init_app(app)
    Bootstrap5(app)
    errors.init_app(app)
    app.register_blueprint(pages)
    app.register_blueprint(accounts)
    app.register_blueprint(courses)
    Api(app).register_blueprint(users)
    # These requests do not depend on a cookie, so other sites cannot forge them.
    csrf.exempt(users)
    # Flask calls after_request functions in reverse order. These headers are registered
    # last, so they are there already if another function fails.
    headers.init_app(app)
    return app

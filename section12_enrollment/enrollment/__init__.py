"""The enrollment site: students register, log in, and enroll in courses."""

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

import config
from enrollment import commands, database, headers, production, sessions
from enrollment.accounts import blp as accounts
from enrollment.api import blp as api
from enrollment.courses import blp as courses
from enrollment.errors import Api
from enrollment.errors import init_app as init_errors
from enrollment.pages import blp as pages

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
    init_errors(app)
    app.register_blueprint(pages)
    app.register_blueprint(accounts)
    app.register_blueprint(courses)
    Api(app).register_blueprint(api)
    # Its requests do not depend on a cookie, so other sites cannot forge them.
    csrf.exempt(api)
    # Flask runs last what was registered first. If anything else fails after a request,
    # the response has these headers already.
    headers.init_app(app)
    return app

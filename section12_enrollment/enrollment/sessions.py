"""Sessions: who is logged in, and where that is stored."""

import mongoengine
from cachelib import FileSystemCache
from flask import current_app, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_session import Session

from enrollment.models import User

NO_DATABASE = 'SESSION_TYPE is "mongodb", which needs a database: set MONGO_URI.'

login_manager = LoginManager()
login_manager.login_view = "accounts.login"
login_manager.login_message = "Please log in first."
login_manager.login_message_category = "info"
login_manager.user_loader(User.find)


def init_app(app):
    """Store sessions in signed cookies or, if the settings say so, on the server."""
    if app.config["SESSION_TYPE"] == "mongodb":
        if not app.config["MONGO_URI"]:
            raise RuntimeError(NO_DATABASE)
        app.config["SESSION_MONGODB"] = mongoengine.get_connection()
        app.config["SESSION_MONGODB_DB"] = mongoengine.get_db().name
    if app.config["SESSION_TYPE"] == "cachelib":
        app.config["SESSION_CACHELIB"] = FileSystemCache(app.config["SESSION_FOLDER"])
    if app.config["SESSION_TYPE"]:
        Session(app)
    # The context processor of Flask-Login would query the user for each page, even for
    # the one that says that the database is not available.
    login_manager.init_app(app, add_context_processor=False)
    app.add_template_global(current_user, "current_user")


def start_session(user, remember):
    """Log a user in, in a new session.

    An attacker can know the session that a browser has before: on a shared computer,
    for instance. It must not become the session of the user (session fixation).
    """
    if hasattr(current_app.session_interface, "regenerate"):  # it is on the server
        current_app.session_interface.regenerate(session)
    session.clear()
    login_user(user, remember=remember)
    user.record_login(request.remote_addr)


def end_session():
    """Log the user out, and forget everything else in the session."""
    session.clear()
    logout_user()  # also deletes the cookie that remembers the login

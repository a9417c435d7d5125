"""The connection to MongoDB or, without one, to mongomock, which imitates it."""

from threading import Lock

import mongoengine
import mongomock
from flask import request
from pymongo.errors import ConnectionFailure, ExecutionTimeout

from enrollment.models import Course, Enrollment, User
from enrollment.seed import seed

# The exceptions if the database is not running, or does not respond in time.
UNAVAILABLE = (ConnectionFailure, ExecutionTimeout)
IN_MEMORY = (
    "MONGO_URI is not set: all data is in the memory of this process (mongomock), and "
    "lost when it ends."
)
# The endpoints that do not need the database.
EXEMPT = {"static", "bootstrap.static", "pages.health", "api-docs.openapi_json"}


def init_app(app):
    """Connect to the database, at the first request that needs it."""
    app.extensions["has_indexes"] = False
    mongoengine.disconnect()  # in case another app in this process is connected
    options = {"db": "enrollment", "tz_aware": True, "uuidRepresentation": "standard"}
    if app.config["MONGO_URI"]:
        options["host"] = app.config["MONGO_URI"]
        options["timeoutMS"] = app.config["MONGO_TIMEOUT"] * 1000
        mongoengine.connect(connect=False, **options)
    else:
        app.logger.warning(IN_MEMORY)
        mongoengine.connect(mongo_client_class=mongomock.MongoClient, **options)
        create_indexes()
        with app.app_context():
            seed()
        app.wsgi_app = one_at_a_time(app.wsgi_app)

    @app.before_request
    def prepare():
        """Create the indexes, before the first request that needs the database."""
        if not app.extensions["has_indexes"] and request.endpoint not in EXEMPT:
            create_indexes()
            app.extensions["has_indexes"] = True


def one_at_a_time(wsgi_app):
    """Let requests wait for each other: mongomock is not made for several threads.

    Of two inserts with the same unique value at the same time, it may reject both.
    """
    lock = Lock()

    def respond(environ, start_response):
        with lock:
            return wsgi_app(environ, start_response)

    return respond


def create_indexes():
    """Create the indexes that do not exist yet: unique values depend on them."""
    for document in User, Course, Enrollment:
        document.ensure_indexes()

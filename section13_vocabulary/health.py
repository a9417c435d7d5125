"""The resources /health and /ready, for monitoring."""

from flask.views import MethodView

from api import Blueprint
from db import expect_tables
from schemas import MessageSchema

blp = Blueprint("health", __name__, description="Health checks.")


@blp.route("/health")
class Health(MethodView):
    """This process."""

    @blp.response(200, MessageSchema, errors=())  # it needs no database
    def get(self):
        """Respond if this process is running."""
        return {"message": "The process is running."}


@blp.route("/ready")
class Ready(MethodView):
    """This process and its database."""

    @blp.response(200, MessageSchema)
    def get(self):
        """Respond 200 if the database is ready, else 503."""
        expect_tables()
        return {"message": "The process is running, and the database is ready."}

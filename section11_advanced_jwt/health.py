"""The resources /health and /ready, for those who watch over us."""

from flask.views import MethodView

from api import Blueprint
from db import expect_tables
from schemas import MessageSchema

blp = Blueprint("health", __name__, description="Whether we are well.")


@blp.route("/health")
class Health(MethodView):
    """This process."""

    @blp.response(200, MessageSchema)
    def get(self):
        """Say that this process answers."""
        return {"message": "We are here."}


@blp.route("/ready")
class Ready(MethodView):
    """This process, and what it needs."""

    @blp.response(200, MessageSchema)
    @blp.errors(503)
    def get(self):
        """Say that the database answers; if it does not, the answer is 503."""
        expect_tables()
        return {"message": "We are here, and so is the database."}

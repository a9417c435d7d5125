"""The JSON API over users, for admins only."""

import flask_smorest
from flask import request, url_for
from flask.views import MethodView
from flask_smorest import abort
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from enrollment.models import EmailTaken, User
from enrollment.schemas import (
    ErrorSchema,
    MessageSchema,
    NewUserSchema,
    UserSchema,
    UsersSchema,
)

TAKEN = "Another user has this email address."


class Parser(FlaskParser):
    """Reads the parts of a request, and responds with the errors in them."""

    def load_json(self, request, schema):
        """Return the body; leave the statuses 413 and 415 to Flask."""
        try:
            return request.get_json()
        except (RequestEntityTooLarge, UnsupportedMediaType):
            raise
        except Exception:  # not JSON, too deep, or cut off, which depends on the server
            abort(400, message="The body is not valid JSON.")

    def handle_error(self, error, request, schema, *, error_status_code, **kwargs):
        """Respond with what is wrong in each field."""
        [errors] = error.messages.values()  # by location: "json" or "query"
        message = "Some fields are not valid: see 'errors'."
        abort(422, message=message, errors=errors)


class Blueprint(flask_smorest.Blueprint):
    """A group of routes that validate requests and describe themselves in OpenAPI."""

    ARGUMENTS_PARSER = PAGINATION_ARGUMENTS_PARSER = Parser()
    DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 20, "max_page_size": 100}

    def may_respond(self, *statuses):
        """Describe the errors with which a view may respond."""

        def describe(view):
            for status in [*statuses, 401, 403, 503]:
                view = self.alt_response(status, schema=ErrorSchema)(view)
            return view

        return describe


blp = Blueprint("api", __name__, url_prefix="/api", description="Users.")


@blp.before_request
def require_admin():
    """Respond 401 or 403 unless the request has the login of an admin (HTTP Basic)."""
    login = request.authorization
    user = None
    if login is not None and login.type == "basic":
        user = User.find_by_login(login.username or "", login.password or "")
    if user is None:
        headers = {"WWW-Authenticate": 'Basic realm="users", charset="UTF-8"'}
        abort(401, message="Send the email address and password.", headers=headers)
    if not user.is_admin:
        abort(403, message="Only an admin may do this.")


@blp.route("/")
class Users(MethodView):
    """All users."""

    @blp.may_respond(422)
    @blp.response(200, UsersSchema)
    @blp.paginate()
    def get(self, pagination_parameters):
        """List the users, page by page."""
        pagination_parameters.item_count = User.objects.count()
        first = pagination_parameters.first_item
        last = pagination_parameters.last_item
        return {"users": User.objects.order_by("id")[first : last + 1]}

    @blp.may_respond(400, 409, 413, 415)
    @blp.arguments(NewUserSchema)
    @blp.response(201, UserSchema)
    def post(self, new):
        """Add a user."""
        try:
            user = User.add(**new)
        except EmailTaken:
            abort(409, message=TAKEN)
        return user, 201, {"Location": url_for("api.OneUser", user_id=user.id)}


@blp.route("/<user_id>")
class OneUser(MethodView):
    """One user."""

    @blp.may_respond(404)
    @blp.response(200, UserSchema)
    def get(self, user_id):
        """Show a user."""
        return find_user(user_id)

    @blp.may_respond(400, 404, 409, 413, 415)
    @blp.arguments(UserSchema)
    @blp.response(200, UserSchema)
    def put(self, changed, user_id):
        """Replace a user's names and email address."""
        user = find_user(user_id)
        try:
            user.change(**changed)
        except EmailTaken:
            abort(409, message=TAKEN)
        return user

    @blp.may_respond(404)
    @blp.response(200, MessageSchema)
    def delete(self, user_id):
        """Delete a user, with all enrollments."""
        find_user(user_id).delete()
        return {"message": f"User {user_id} is deleted."}


def find_user(user_id):
    """Return the user of that id; respond 404 if there is none."""
    user = User.find(user_id)
    if user is None:
        abort(404, message=f"There is no user with the id {user_id}.")
    return user

"""The resources /api/ and /api/<id>: users, for admins only."""

from flask import request, url_for
from flask.views import MethodView
from flask_smorest import abort

from enrollment.api import Blueprint
from enrollment.models import EmailTaken, User
from enrollment.schemas import MessageSchema, NewUserSchema, UserSchema, UsersSchema

TAKEN = "This email address is already registered."

blp = Blueprint("users", __name__, url_prefix="/api", description="Users.")


@blp.before_request
def require_admin():
    """Respond 401 or 403 unless the request has the login of an admin (HTTP Basic)."""
    login = request.authorization
    user = None
    if login is not None and login.type == "basic":
        user = User.find_by_login(login.username or "", login.password or "")
    if user is None:
        message = "Send the email address and password of an admin."
        headers = {"WWW-Authenticate": 'Basic realm="users", charset="UTF-8"'}
        abort(401, message=message, headers=headers)
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
        return user, 201, {"Location": url_for("users.OneUser", user_id=user.id)}


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
    """Return the user with this id; respond 404 if there is none."""
    user = User.find(user_id)
    if user is None:
        abort(404, message=f"There is no user with the id {user_id}.")
    return user

"""The resources /register, /user/<id> and /password."""

from flask import g, url_for
from flask.views import MethodView
from flask_jwt_extended import current_user
from flask_smorest import abort

from api import NEEDS_TOKEN, Blueprint
from checks import read_id
from models import NameTaken, UserModel
from rate_limits import limit_guesses, limit_registrations
from schemas import (
    USER_ID_IN_URL,
    MessageSchema,
    PasswordsSchema,
    RegisteredSchema,
    RegisterSchema,
    UserSchema,
)
from tokens import jwt_required, refuse

blp = Blueprint("users", __name__, description="Who you are.")


@blp.route("/register")
class Register(MethodView):
    """A registration."""

    @blp.arguments(RegisterSchema)
    @blp.response(201, RegisteredSchema)
    @blp.errors(400, 409, 413, 415, 429)
    @limit_registrations
    def post(self, new):
        """Add a user, who can log in from now on."""
        try:
            user = UserModel.add(**new)
        except NameTaken:
            abort(409, message=f"A user named {new['username']!r} already exists.")
        message = f"Welcome, {user.username}. You can log in now."
        reply = {"id": user.id, "username": user.username, "message": message}
        return reply, 201, {"Location": url_for("users.User", user_id=user.id)}


@blp.route("/user/<user_id>", parameters=[USER_ID_IN_URL])
class User(MethodView):
    """One user."""

    @jwt_required()
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(200, UserSchema)
    @blp.errors(401, 403, 404)
    def get(self, user_id):
        """Show a user to that user, or to an admin."""
        user_id = read_own_id(user_id)
        user = UserModel.find_by_id(user_id)
        if user is None:
            abort(404, message=f"There is no user with the id {user_id}.")
        return user

    @jwt_required(fresh=True)
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(200, MessageSchema)
    @blp.errors(401, 403, 404)
    def delete(self, user_id):
        """Delete a user, as that user or as an admin, with a fresh token."""
        user_id = read_own_id(user_id)
        if not UserModel.delete(user_id):
            abort(404, message=f"There is no user with the id {user_id}.")
        return {"message": f"User {user_id} is deleted. All logins of theirs end."}


def read_own_id(text):
    """Return the id from a URL; answer 403 if it is not one's own and one is no admin.

    Only admins hear that there is no such user: nobody else is to learn who there is.
    """
    if not current_user.is_admin and text != str(current_user.id):
        refuse("Only that user, or an admin, may do this.")
    return read_id(text)


@blp.route("/password")
class Password(MethodView):
    """One's own password."""

    @jwt_required(fresh=True)
    @blp.doc(security=NEEDS_TOKEN)
    @blp.arguments(PasswordsSchema)
    @blp.response(200, MessageSchema)
    @blp.errors(400, 401, 413, 415, 429)
    @limit_guesses
    def post(self, passwords):
        """Change one's password, with a fresh token; every other login ends."""
        is_right = current_user.has_password(passwords["old"])
        if not is_right or not g.login.change_password(passwords["new"]):
            problem = "This is not your password."
            abort(422, message=problem, errors={"old": [problem]})
        return {"message": "Your password is changed. Everywhere else, log in again."}

"""The resources /register, /user/<id> and /password."""

from flask import url_for
from flask.views import MethodView
from flask_jwt_extended import current_user, get_jwt
from flask_smorest import abort

from api import Blueprint
from models import LoginModel, NameTaken, NoSuchUser, UserModel
from schemas import (
    MessageSchema,
    PasswordsSchema,
    RegisteredSchema,
    RegisterSchema,
    UserIdSchema,
    UserSchema,
)
from tokens import forbid

blp = Blueprint("users", __name__, description="Users.")


@blp.route("/register")
class Register(MethodView):
    """A registration."""

    @blp.arguments(RegisterSchema)
    @blp.response(201, RegisteredSchema, also=[409])
    def post(self, new):
        """Add a user, who can log in from then on."""
        try:
            user = UserModel.add(**new)
        except NameTaken:
            abort(409, message=f"A user named {new['username']!r} already exists.")
        message = f"Welcome, {user.username}. You can log in now."
        body = {"id": user.id, "username": user.username, "message": message}
        return body, 201, {"Location": url_for("users.User", user_id=user.id)}


@blp.route("/user/<user_id>")
class User(MethodView):
    """One user."""

    @blp.login_required()
    @blp.arguments(UserIdSchema, location="path", error_status_code=404)
    @blp.response(200, UserSchema, also=[403])
    def get(self, user_id):
        """Show a user to that user, or to an admin."""
        authorize_user_id(user_id)
        user = UserModel.find(user_id)
        if user is None:
            abort(404, message=f"There is no user with the id {user_id}.")
        return user

    @blp.login_required(fresh=True)
    @blp.arguments(UserIdSchema, location="path", error_status_code=404)
    @blp.response(200, MessageSchema, also=[403])
    def delete(self, user_id):
        """Delete a user, as that user or as an admin, with a fresh token."""
        authorize_user_id(user_id)
        if not UserModel.delete(user_id):
            abort(404, message=f"There is no user with the id {user_id}.")
        return {"message": f"User {user_id} is deleted, and logged out everywhere."}


@blp.route("/password")
class Password(MethodView):
    """The password of the current user."""

    @blp.login_required(fresh=True)
    @blp.arguments(PasswordsSchema)
    @blp.response(200, MessageSchema)
    def post(self, passwords):
        """Change the password, with a fresh token; every other login ends."""
        is_right = current_user.has_password(passwords["old"])
        login = LoginModel.find(get_jwt()["sid"])
        if login is None:  # it has ended since the token was verified
            raise NoSuchUser
        if not is_right or not login.change_password(passwords["new"]):
            message = "This is not your password."
            abort(422, message=message, errors={"old": [message]})
        return {"message": "Your password is changed. Everywhere else, log in again."}


def authorize_user_id(user_id):
    """Respond 403 unless it is the current user's id, or the current user is an admin.

    Only an admin can find out whether another id exists.
    """
    if user_id != current_user.id and not current_user.is_admin:
        forbid("Only that user, or an admin, may do this.")

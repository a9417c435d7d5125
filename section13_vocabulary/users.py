"""The resources /users and /users/<id>."""

from flask import current_app
from flask.views import MethodView
from flask_jwt_extended import current_user
from flask_smorest import abort

import mailing
from api import Blueprint
from db import db
from models import MailModel, UserModel
from schemas import (
    MessageSchema,
    RegisterSchema,
    UserIdSchema,
    UserSchema,
    UsersSchema,
)
from tokens import forbid

blp = Blueprint("users", __name__, url_prefix="/users", description="Users")


@blp.route("")
class Users(MethodView):
    """All users."""

    @blp.login_required(admin=True)
    @blp.response(200, UsersSchema)
    @blp.paginate()
    def get(self, pagination_parameters):
        """List the users page by page, as an admin."""
        page = pagination_parameters
        users, page.item_count = UserModel.find_page(page.first_item, page.page_size)
        return {"users": users}

    @blp.arguments(RegisterSchema)
    @blp.response(202, MessageSchema)
    def post(self, new):
        """Register a user, and send an e-mail with a link that confirms the address.

        The response is the same if the address is already registered: otherwise, anyone
        could find out who has an account. Only the e-mail to that address says so.
        """
        UserModel.register(**new)
        # In the same transaction: there is never a user without the e-mail.
        MailModel.add("register", new["email"], current_app.config["MAIL_LIMIT"])
        db.session.commit()
        mailing.wake()
        return {"message": f"We have sent an e-mail to {new['email']}: open its link."}


@blp.route("/<user_id>")
class User(MethodView):
    """One user."""

    @blp.login_required()
    @blp.arguments(UserIdSchema, location="path", error_status_code=404)
    @blp.response(200, UserSchema, also=[403])
    def get(self, user_id):
        """Show a user to that user, or to an admin."""
        return find_user(user_id)

    @blp.login_required()
    @blp.arguments(UserIdSchema, location="path", error_status_code=404)
    @blp.arguments(UserSchema)
    @blp.response(200, UserSchema, also=[403])
    def put(self, new, user_id):
        """Change the name of a user, and whether there are reminders."""
        user = find_user(user_id)
        user.change(**new)
        return user

    @blp.login_required()
    @blp.arguments(UserIdSchema, location="path", error_status_code=404)
    @blp.response(204, also=[403])
    def delete(self, user_id):
        """Delete a user with all lists, progress and logins."""
        find_user(user_id)
        UserModel.delete(user_id)


def find_user(user_id):
    """Return a user, or respond 403 to other users, and 404 to admins if there is none.

    Only an admin can find out whether another id exists.
    """
    if user_id != current_user.id and not current_user.is_admin:
        forbid("Only that user, or an admin, may do this.")
    user = UserModel.find(user_id)
    if user is None:
        abort(404, message=f"There is no user with the id {user_id}.")
    return user

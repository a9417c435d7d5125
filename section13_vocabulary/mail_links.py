"""The resources that links in mails lead to: confirm, reset a password, unsubscribe."""

from flask import current_app, redirect
from flask.views import MethodView
from flask_smorest import abort

import mailing
from api import Blueprint
from db import db
from mailing.links import find_user, frontend_url
from models import LoginModel, MailModel, UserModel
from schemas import (
    EmailSchema,
    MessageSchema,
    NewPasswordSchema,
    UnsubscribeSchema,
)

blp = Blueprint("mail_links", __name__, description="Links in mails")


@blp.route("/confirmations/<token>")
class Confirmation(MethodView):
    """The confirmation of an address."""

    @blp.response(302)
    def get(self, token):
        """Confirm an address, and send the browser on to the front end.

        A GET request should change nothing, since programs that check mail for viruses
        open links, too. Here, that does no harm: they have received the mail.
        """
        user = find_user(token, "confirm", current_app.config["CONFIRM_LINK_EXPIRES"])
        if user is None:
            return redirect(frontend_url("/login?confirmed=no"))
        user.confirm()
        return redirect(frontend_url("/login?confirmed=yes"))


@blp.route("/password-resets")
class PasswordResets(MethodView):
    """Requests for a new password."""

    @blp.arguments(EmailSchema)
    @blp.response(202, MessageSchema)
    def post(self, to):
        """Send a link to choose a new password, if the address is that of a user.

        Whether it is, the worker finds out: this request does not look, and so neither
        its response nor its time can tell.
        """
        MailModel.add("reset", to["email"], current_app.config["MAIL_LIMIT"])
        db.session.commit()
        mailing.wake()
        return {"message": "If the address has an account, a mail is on its way to it."}


@blp.route("/password-resets/<token>")
class PasswordReset(MethodView):
    """A new password."""

    @blp.arguments(NewPasswordSchema)
    @blp.response(204, also=[404])
    def put(self, new, token):
        """Set a new password, once; all logins of the user end."""
        user = find_user(token, "reset", current_app.config["RESET_LINK_EXPIRES"])
        if user is None or not user.reset_password(new["password"]):
            message = "This link has expired, or was used. Ask for a new one."
            abort(404, message=message, error="link_not_valid")
        LoginModel.end_all(user.id)
        db.session.commit()


@blp.route("/unsubscribe/<token>")
class Unsubscribe(MethodView):
    """The end of the reminders."""

    @blp.arguments(UnsubscribeSchema, location="path", error_status_code=404)
    @blp.response(302)
    def get(self, token):
        """Send the browser on to the page that asks; this changes nothing."""
        return redirect(frontend_url(f"/unsubscribe?token={token}"))

    @blp.arguments(UnsubscribeSchema, location="path", error_status_code=404)
    @blp.response(200, MessageSchema)
    def post(self, token):
        """Send no more reminders, with one click in a mail program (RFC 8058).

        There is no login and no CSRF header: the token in the URL is the permission.
        """
        if not UserModel.unsubscribe(token):
            abort(404, message="This link is not valid.", error="link_not_valid")
        return {"message": "You will get no more reminders."}

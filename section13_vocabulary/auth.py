"""The resources /auth/login, /auth/refresh and /auth/logout."""

from datetime import timedelta

from flask import current_app, make_response
from flask.views import MethodView
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    get_jwt,
    set_refresh_cookies,
    unset_refresh_cookies,
)
from flask_smorest import abort

from api import Blueprint
from models import LoginModel, NoSuchUser, UserModel
from schemas import LoginSchema, SessionSchema

blp = Blueprint("auth", __name__, url_prefix="/auth", description="Logins")


@blp.route("/login")
class Login(MethodView):
    """A login."""

    @blp.arguments(LoginSchema)
    @blp.response(200, SessionSchema, also=[401, 403])
    def post(self, credentials):
        """Return an access token, and set the cookie with the refresh token."""
        user = UserModel.find_by_login(**credentials)
        if user is None:
            reject_credentials()
        if user.confirmed_at is None:
            message = "Confirm your address first: open the link in our mail to you."
            abort(403, message=message, error="address_not_confirmed")
        try:
            login = LoginModel.start(user, seconds("JWT_REFRESH_TOKEN_EXPIRES"))
        except NoSuchUser:
            reject_credentials()
        return respond_with_session(login)


@blp.route("/refresh")
class Refresh(MethodView):
    """A refresh."""

    @blp.login_required(refresh=True)
    @blp.response(200, SessionSchema)
    def post(self):
        """Return a new access token, and set a cookie with a new refresh token."""
        claims = get_jwt()
        login = LoginModel.rotate(
            claims["sid"],
            claims["jti"],
            seconds("JWT_REFRESH_TOKEN_EXPIRES"),
            seconds("REFRESH_GRACE_PERIOD"),
        )
        if login is None:
            raise NoSuchUser
        return respond_with_session(login)


@blp.route("/logout")
class Logout(MethodView):
    """A logout."""

    @blp.login_required(refresh=True)
    @blp.response(204)
    def post(self):
        """End this login, which revokes its tokens, and delete the cookies."""
        LoginModel.end(get_jwt()["sid"])
        response = make_response("", 204)
        unset_refresh_cookies(response)
        return response


def respond_with_session(login):
    """Return the response with new tokens for a login."""
    access = {"sid": login.id}  # the session id, as in OpenID Connect
    refresh = access | {"jti": login.refresh_jti, "csrf": login.csrf_token}
    body = {
        "access_token": create_access_token(login.user, additional_claims=access),
        "user": login.user,
    }
    response = make_response(SessionSchema().dump(body))
    token = create_refresh_token(login.user, additional_claims=refresh)
    # After that, the browser deletes the cookie: it would be of no use.
    max_age = int(seconds("JWT_REFRESH_TOKEN_EXPIRES").total_seconds())
    set_refresh_cookies(response, token, max_age=max_age)
    return response


def reject_credentials():
    """Respond 401, in the same way to a wrong address and a wrong password."""
    abort(
        401,
        message="The address or the password is wrong.",
        error="wrong_credentials",
        headers={"WWW-Authenticate": "Bearer"},
    )


def seconds(setting):
    """Return a setting in seconds as a timedelta."""
    return timedelta(seconds=current_app.config[setting])

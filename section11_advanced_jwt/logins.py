"""The resources /login (also at /auth), /refresh and /logout."""

from datetime import timedelta

from flask import current_app
from flask.views import MethodView
from flask_jwt_extended import create_access_token, create_refresh_token, get_jwt
from flask_smorest import abort

from api import Blueprint
from models import LoginModel, NoSuchUser, UserModel
from schemas import LoginSchema, MessageSchema, TokensSchema

blp = Blueprint("logins", __name__, description="Logins.")


@blp.route("/login")
@blp.route("/auth")  # its URL with Flask-JWT, the older library
class Login(MethodView):
    """A login."""

    @blp.arguments(LoginSchema)
    @blp.response(200, TokensSchema, also=[401])
    def post(self, credentials):
        """Return a fresh access token, and a refresh token."""
        user = UserModel.find_by_login(**credentials)
        try:
            login = LoginModel.start(user, seconds("JWT_REFRESH_TOKEN_EXPIRES"))
        except NoSuchUser:
            message = "The username or the password is wrong."
            abort(401, message=message, headers={"WWW-Authenticate": "Bearer"})
        return create_tokens(login, fresh=True)


@blp.route("/refresh")
class Refresh(MethodView):
    """A refresh."""

    @blp.login_required(refresh=True)
    @blp.response(200, TokensSchema)
    def post(self):
        """Replace a refresh token; the new access token is not fresh."""
        claims = get_jwt()
        login = LoginModel.rotate(
            claims["sid"],
            claims["jti"],
            seconds("JWT_REFRESH_TOKEN_EXPIRES"),
            seconds("REFRESH_GRACE_PERIOD"),
        )
        if login is None:
            raise NoSuchUser
        return create_tokens(login, fresh=False)


@blp.route("/logout")
class Logout(MethodView):
    """A logout."""

    @blp.login_required()
    @blp.response(200, MessageSchema)
    def post(self):
        """End this login, and so revoke its access and refresh tokens."""
        LoginModel.end(get_jwt()["sid"])
        return {"message": "You are logged out."}


def create_tokens(login, fresh):
    """Return new tokens for a login; it stores the id of the refresh token."""
    access = {"sid": login.id}  # the session id, as in OpenID Connect
    refresh = access | {"jti": login.refresh_jti}
    return {
        "access_token": create_access_token(
            login.user, fresh=fresh, additional_claims=access
        ),
        "refresh_token": create_refresh_token(login.user, additional_claims=refresh),
    }


def seconds(setting):
    """Return a setting in seconds as a timedelta."""
    return timedelta(seconds=current_app.config[setting])

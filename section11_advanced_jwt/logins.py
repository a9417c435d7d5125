"""The resources /login, which is also found at /auth, /refresh and /logout."""

from datetime import timedelta

from flask import current_app, g
from flask.views import MethodView
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    get_jwt,
    get_jwt_header,
)
from flask_jwt_extended.config import config as jwt_config
from flask_jwt_extended.exceptions import RevokedTokenError
from flask_smorest import abort

from api import NEEDS_REFRESH_TOKEN, NEEDS_TOKEN, Blueprint
from models import LoginModel, NoSuchUser, UserModel
from rate_limits import limit_guesses
from schemas import LoginSchema, MessageSchema, TokensSchema
from tokens import jwt_required

blp = Blueprint("logins", __name__, description="Coming and going.")


def give_tokens(login, fresh):
    """Return the tokens of a login, until the next refresh."""
    access = {"sid": login.id}  # session id, as in OpenID Connect
    refresh = access | {"jti": login.refresh_jti}
    return {
        "access_token": create_access_token(
            login.user, fresh=fresh, additional_claims=access
        ),
        "refresh_token": create_refresh_token(login.user, additional_claims=refresh),
    }


@blp.route("/login")
@blp.route("/auth")  # its name in the days of Flask-JWT
class Login(MethodView):
    """A login."""

    @blp.arguments(LoginSchema)
    @blp.response(200, TokensSchema)
    @blp.errors(400, 401, 413, 415, 429)
    @limit_guesses
    def post(self, proof):
        """Give a fresh access token, and a refresh token, for username and password."""
        user = UserModel.find_by_login(**proof)
        try:
            login = LoginModel.start(user, jwt_config.refresh_expires) if user else None
        except NoSuchUser:  # deleted since, or given another password
            login = None
        if login is None:
            abort(
                401,
                message="The username or the password is wrong.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return give_tokens(login, fresh=True)


@blp.route("/refresh")
class Refresh(MethodView):
    """A refresh."""

    @jwt_required(refresh=True)
    @blp.doc(security=NEEDS_REFRESH_TOKEN)
    @blp.response(200, TokensSchema)
    @blp.errors(401)
    def post(self):
        """Give other tokens for a refresh token; the access token is not fresh."""
        login = LoginModel.spend(
            g.login.id,
            get_jwt()["jti"],
            jwt_config.refresh_expires,
            timedelta(seconds=current_app.config["REFRESH_GRACE"]),
        )
        if login is None:
            raise RevokedTokenError(get_jwt_header(), get_jwt())
        return give_tokens(login, fresh=False)


@blp.route("/logout")
class Logout(MethodView):
    """A logout."""

    @jwt_required()
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(200, MessageSchema)
    @blp.errors(401)
    def post(self):
        """End this login: its access and refresh tokens are good for nothing more."""
        LoginModel.end(g.login.id)
        return {"message": "You are logged out."}

"""Tokens: their claims, which ones are valid, and the responses to the others."""

from functools import wraps

from flask import current_app, request
from flask_jwt_extended import JWTManager, current_user
from flask_jwt_extended.exceptions import CSRFError, JWTDecodeError
from flask_smorest import abort

from db import NoSuchUser
from models import LoginModel, UserModel

jwt = JWTManager()


@jwt.user_identity_loader
def identity(user):
    """Return the claim sub of a user's tokens, which must be a string (RFC 7519)."""
    return str(user.id)


@jwt.additional_claims_loader
def add_claims(user):
    """Return more claims for a user's tokens."""
    return {"role": user.role}


@jwt.decode_key_loader
def find_key(header, claims):
    """Return the key that verifies a token, unless its claims have other types."""
    types = [type(claims.get(name)) for name in ("fresh", "jti", "role")]
    if types != [bool, str, str]:
        raise JWTDecodeError
    return current_app.config["JWT_SECRET_KEY"]


@jwt.token_in_blocklist_loader
def is_revoked(header, claims):
    """Return whether the login of a token has ended; no token can outlive it."""
    login = LoginModel.find(str(claims.get("sid")))
    return login is None or str(login.user_id) != claims["sub"]


@jwt.user_lookup_loader
def find_user(header, claims):
    """Return the user of a token; views use it as current_user."""
    return UserModel.find(int(claims["sub"]))


def admin_required(view):
    """Let only admins call a view."""

    @wraps(view)
    def guarded(*args, **kwargs):
        # The role in the database, not the one in the token: it may have changed since.
        if not current_user.is_admin:
            forbid("Only an admin may do this.")
        return view(*args, **kwargs)

    return guarded


def forbid(message):
    """Respond 403: the client is authenticated, but not allowed to do this."""
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    abort(403, message=message, headers=challenge)


@jwt.unauthorized_loader
def respond_to_missing_token(reason):
    """Respond to a request without a token, or without the cookie."""
    message = f"Log in, and send the {expected_token()}."
    return unauthorized("authorization_required", message)


@jwt.invalid_token_loader
def respond_to_invalid_token(reason):
    """Respond to a token that this server did not issue, or not for this use."""
    message = "This is not a valid token. Send 'Authorization: Bearer <access token>'."
    if is_for_cookie():
        message = "This is not a valid cookie: log in."
    return unauthorized("invalid_token", message)


@jwt.expired_token_loader
def respond_to_expired_token(header, claims):
    """Respond to a token that is no longer valid."""
    message = "The token has expired. Refresh it, or log in."
    return unauthorized("token_expired", message)


@jwt.revoked_token_loader
@jwt.user_lookup_error_loader
def respond_to_revoked_token(header, claims):
    """Respond to a token whose login has ended, or whose user is deleted."""
    return unauthorized("token_revoked", "This login has ended. Log in again.")


def respond_to_csrf_error(error):
    """Respond to a request whose cookie may come along without the user's knowledge."""
    message = "Send the value of the cookie csrf_refresh_token in X-CSRF-TOKEN."
    return {"message": message, "error": "csrf_token_required"}, 403


def is_for_cookie():
    """Return whether the route requires the cookie with the refresh token."""
    return request.path.startswith(current_app.config["JWT_REFRESH_COOKIE_PATH"])


def expected_token():
    """Return the name of the token that a route requires."""
    return "cookie with the refresh token" if is_for_cookie() else "access token"


def unauthorized(code, message):
    """Return a response with status 401 and the challenge of RFC 6750."""
    challenge = "Bearer"
    if code != "authorization_required":  # without a token, there is no error to name
        challenge = f'Bearer error="invalid_token", error_description="{message}"'
    return {"message": message, "error": code}, 401, {"WWW-Authenticate": challenge}


def normalize_authorization():
    """Turn the header Authorization into one that flask_jwt_extended understands.

    That library ignores every scheme other than "Bearer". But RFC 9110 allows any
    case, and a client that sends another scheme should get an error.
    """
    header = request.environ.get("HTTP_AUTHORIZATION")
    if header is not None:
        scheme, _, token = header.partition(" ")
        is_bearer = scheme.lower() == "bearer" and "," not in token
        normalized = f"Bearer {token}" if is_bearer else "Bearer not-valid"
        request.environ["HTTP_AUTHORIZATION"] = normalized


def init_app(app):
    """Verify the tokens of requests to an app."""
    # from_prefixed_env() reads a key that has only digits as a number.
    app.config["JWT_SECRET_KEY"] = str(app.config["JWT_SECRET_KEY"])
    jwt.init_app(app)
    app.before_request(normalize_authorization)
    app.register_error_handler(CSRFError, respond_to_csrf_error)
    # The login has ended while the request was handled.
    app.register_error_handler(
        NoSuchUser, lambda error: respond_to_revoked_token({}, {})
    )

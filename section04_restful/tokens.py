"""Tokens: the responses to requests whose token is missing or not valid."""

from flask import request
from flask_jwt_extended import JWTManager

jwt = JWTManager()


@jwt.unauthorized_loader
def respond_to_missing_token(reason):
    """Respond to a request without a token."""
    return unauthorized("authorization_required", "Log in, and send the access token.")


@jwt.invalid_token_loader
def respond_to_invalid_token(reason):
    """Respond to a token that this server did not issue, or not for this use."""
    message = "This is not a valid token. Send 'Authorization: Bearer <access token>'."
    return unauthorized("invalid_token", message)


@jwt.expired_token_loader
def respond_to_expired_token(header, claims):
    """Respond to a token that is no longer valid."""
    return unauthorized("token_expired", "The token has expired. Log in again.")


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

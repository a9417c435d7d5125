"""Tokens: who may come in, and what those hear who may not."""

from functools import wraps

from flask_jwt_extended import JWTManager, verify_jwt_in_request
from flask_jwt_extended.exceptions import InvalidHeaderError

jwt = JWTManager()


def jwt_required(**options):
    """Let a view be called only with a valid token.

    It is flask_jwt_extended's jwt_required, and takes the same options. That one fails
    at a header such as ", ,Bearer", which nobody sends by mistake.
    """

    def decorate(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            try:
                verify_jwt_in_request(**options)
            except IndexError:
                raise InvalidHeaderError("The token cannot be read.") from None
            return view(*args, **kwargs)

        return guarded

    return decorate


def answer_401(code, message):
    """Answer 401 in the shape of all errors, with the challenge of RFC 6750."""
    challenge = "Bearer"
    if code != "authorization_required":  # which is no mistake: just not logged in
        # RFC 6750 knows one code for tokens that are bad in whatever way.
        challenge = f'Bearer error="invalid_token", error_description="{message}"'
    return {"message": message, "error": code}, 401, {"WWW-Authenticate": challenge}


@jwt.unauthorized_loader
def answer_missing_token(reason):
    """Answer a request without a token."""
    return answer_401("authorization_required", "Log in, and send the access token.")


@jwt.invalid_token_loader
def answer_invalid_token(reason):
    """Answer a request whose token we have not signed, or not for this."""
    return answer_401("invalid_token", "This is not a valid token. Log in again.")


@jwt.expired_token_loader
def answer_expired_token(header, claims):
    """Answer a request whose token was valid once."""
    return answer_401("token_expired", "The token has expired. Log in again.")

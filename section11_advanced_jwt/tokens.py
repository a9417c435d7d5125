"""Tokens: who may come in, and what those hear who may not."""

import re
from functools import wraps

from flask import g
from flask_jwt_extended import JWTManager, current_user, verify_jwt_in_request
from flask_jwt_extended.exceptions import InvalidHeaderError
from flask_smorest import abort

from models import LoginModel

jwt = JWTManager()
LOGIN_ID = re.compile(r"[0-9a-f-]{36}")


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


def admin_required(view):
    """Let a view be called only with a valid token of somebody who is an admin now."""

    @wraps(view)
    @jwt_required()
    def guarded(*args, **kwargs):
        # Not what the token says of the role: it may have been taken away since.
        if not current_user.is_admin:
            refuse("Only an admin may do this.")
        return view(*args, **kwargs)

    return guarded


def refuse(message):
    """Answer 403: we know who asks, and that they may not."""
    abort(
        403,
        message=message,
        headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    )


@jwt.user_identity_loader
def identify(user):
    """Return the claim sub of a user's tokens, which must be a text (RFC 7519)."""
    return str(user.id)


@jwt.additional_claims_loader
def add_claims(user):
    """Return what else a user's tokens say."""
    return {"role": user.role}


@jwt.token_verification_loader
def names_a_login(header, claims):
    """Return whether a token is one of those that we give since section 11."""
    return "role" in claims and LOGIN_ID.fullmatch(str(claims.get("sid")))


@jwt.token_in_blocklist_loader
def is_revoked(header, claims):
    """Return whether the login of a token has ended, whoever ended it, and where."""
    if not names_a_login(header, claims):
        return False  # that is answered elsewhere
    g.login = LoginModel.find(claims["sid"])
    return g.login is None


@jwt.user_lookup_loader
def find_user(header, claims):
    """Return the user whose token it is, whom is_revoked has found already."""
    user = g.login.user
    return user if identify(user) == claims["sub"] else None


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


@jwt.token_verification_failed_loader
@jwt.user_lookup_error_loader
def answer_wrong_token(header, claims):
    """Answer a request whose token we have signed, but which names no login of ours."""
    return answer_invalid_token("")


@jwt.expired_token_loader
def answer_expired_token(header, claims):
    """Answer a request whose token was valid once."""
    return answer_401("token_expired", "The token has expired. Refresh it, or log in.")


@jwt.needs_fresh_token_loader
def answer_stale_token(header, claims):
    """Answer a request that wants a token from /login itself."""
    return answer_401("fresh_token_required", "This needs a fresh token: log in again.")


@jwt.revoked_token_loader
def answer_revoked_token(header, claims):
    """Answer a request whose token was valid until its login ended."""
    return answer_401("token_revoked", "This login has ended. Log in again.")


def answer_deleted_user(error):
    """Answer a request whose user was deleted while we were at work on it."""
    return answer_revoked_token({}, {})

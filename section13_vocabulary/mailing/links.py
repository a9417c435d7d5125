"""The links in mails: signed, each for one purpose, for some time and for one use."""

from hashlib import sha256

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from models import UserModel


def make_token(user, purpose):
    """Return a token for one purpose: "confirm" or "reset"."""
    return serializer(purpose).dumps([user.id, fingerprint(user)])


def find_user(token, purpose, seconds):
    """Return the user whose token this is, or None if it is not valid any more."""
    try:
        user_id, stamp = serializer(purpose).loads(token, max_age=seconds)
    except BadSignature:  # also: expired
        return None
    user = UserModel.find(user_id)
    return user if user and fingerprint(user) == stamp else None


def serializer(purpose):
    """Return what signs and verifies the tokens for one purpose."""
    return URLSafeTimedSerializer(current_app.config["JWT_SECRET_KEY"], salt=purpose)


def fingerprint(user):
    """Return what becomes another value with the password, even if that is the same.

    Each hash has a salt of its own. So a token is valid until the password is set.
    """
    return sha256(user.password_hash.encode()).hexdigest()[:16]


def frontend_url(path):
    """Return the URL of a page of the front end."""
    return current_app.config["FRONTEND_URL"].rstrip("/") + path


def api_url(path):
    """Return the URL of a route of the API."""
    settings = current_app.config
    return (settings["API_URL"] or settings["FRONTEND_URL"]).rstrip("/") + path

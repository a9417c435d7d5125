"""The keys that sign tokens: one signs, and older ones may still verify.

To change the key without logging everybody out, move the old one to JWT_OLD_KEYS. Take
it out after JWT_REFRESH_TOKEN_EXPIRES: all tokens that it has signed are dead then.
"""

import hashlib

from flask import current_app

import config
from tokens import jwt

SHORTEST_KEY = 32  # bytes; RFC 7518, section 3.2, wants as many for HS256
TEN_YEARS = 10 * 365 * 24 * 60 * 60  # in seconds


def name_key(key):
    """Return a name for a key, from which nobody can tell the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@jwt.additional_headers_loader
def say_which_key(identity):
    """Return what stands in the header of a new token: the name of its key (kid)."""
    return {"kid": name_key(current_app.config["JWT_SECRET_KEY"])}


@jwt.decode_key_loader
def find_key(header, claims):
    """Return the key that a token names; if we know none of that name, the present."""
    present = current_app.config["JWT_SECRET_KEY"]
    keys = {name_key(key): key for key in current_app.config["JWT_OLD_KEYS"]}
    return keys.get(header.get("kid"), present)


def check_seconds(settings, name, least):
    """Raise RuntimeError unless a setting is a number of seconds that makes sense."""
    seconds = settings[name]
    # To flask_jwt_extended, a lifetime of 0 or false means for ever.
    if type(seconds) is not int or not least <= seconds <= TEN_YEARS:
        raise RuntimeError(
            f"FLASK_{name} must be a whole number of seconds, from {least} to "
            f"{TEN_YEARS}, which is ten years."
        )


def init_app(app):
    """Check keys and lifetimes; raise RuntimeError if one of them will not do."""
    settings = app.config
    check_seconds(settings, "JWT_ACCESS_TOKEN_EXPIRES", 1)
    check_seconds(settings, "JWT_REFRESH_TOKEN_EXPIRES", 1)
    check_seconds(settings, "REFRESH_GRACE", 0)
    # From outside, what looks like a number arrives as one.
    settings["JWT_SECRET_KEY"] = str(settings["JWT_SECRET_KEY"] or "")
    old_keys = settings["JWT_OLD_KEYS"] or []
    if not isinstance(old_keys, list):
        raise RuntimeError('FLASK_JWT_OLD_KEYS must be a list, in JSON: ["…", "…"].')
    settings["JWT_OLD_KEYS"] = [str(key) for key in old_keys]
    for key in [settings["JWT_SECRET_KEY"], *settings["JWT_OLD_KEYS"]]:
        if config.PRODUCTION and key.startswith("for development"):
            raise RuntimeError("In production, a key must be a secret.")
        if len(key.encode()) < SHORTEST_KEY:
            raise RuntimeError(
                f"A key must have {SHORTEST_KEY} bytes or more: see "
                "FLASK_JWT_SECRET_KEY and FLASK_JWT_OLD_KEYS. This makes one: "
                'python -c "import secrets; print(secrets.token_hex())"'
            )

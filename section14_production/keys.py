"""Signing keys: one signs new tokens, and old ones still verify older tokens.

To rotate the key while users are logged in, move the old one to JWT_OLD_KEYS. Remove it
after JWT_REFRESH_TOKEN_EXPIRES, when all tokens that it has signed have expired.
"""

import hashlib

from flask import current_app

import tokens
from tokens import jwt


@jwt.additional_headers_loader
def add_key_id(identity):
    """Return the header kid of a new token: the id of the key that signs it."""
    return {"kid": key_id(current_app.config["JWT_SECRET_KEY"])}


@jwt.decode_key_loader
def find_key(header, claims):
    """Return the key that signed a token, by its id, or else the current key."""
    keys = {key_id(key): key for key in current_app.config["JWT_OLD_KEYS"]}
    current_key = tokens.find_key(header, claims)  # which also checks the claims
    return keys.get(header.get("kid"), current_key)


def key_id(key):
    """Return an id for a key, from which the key cannot be computed."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def init_app(app):
    """Check the old keys; raise RuntimeError if one of them is not valid."""
    keys = app.config["JWT_OLD_KEYS"] or []
    if not isinstance(keys, list):
        raise RuntimeError('FLASK_JWT_OLD_KEYS must be a list in JSON: ["…", "…"].')
    app.config["JWT_OLD_KEYS"] = [str(key) for key in keys]
    # RFC 7518, section 3.2: HS256 needs 256 bits.
    if any(len(key.encode()) < 32 for key in app.config["JWT_OLD_KEYS"]):
        raise RuntimeError("Each key in FLASK_JWT_OLD_KEYS must have 32 bytes or more.")

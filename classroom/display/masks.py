"""Mask secrets in outputs, and what would differ in each run where these are saved."""

import os
import re
from collections.abc import Callable

# Set where notebooks are run to be saved: what differs in each run has a stable form.
STABLE_OUTPUTS = "CLASSROOM_STABLE_OUTPUTS"

# What is shown instead of a secret: notebooks are saved, and shown on projectors.
HIDDEN = "••••••••"
PASSWORDS = {"password", "old", "new"}
UNPARSED_PASSWORD = re.compile(r"""(["']?password["']?\s*[:=]\s*["']?)[^"'&,}\s]+""")
HASH = re.compile(r"(scrypt:[\d:]+\$)[^'\"\s]+")
SHORTEST_TOKEN = 80  # characters; of a shorter one, too large a part would be shown
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
UUID = re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}")
UUID_FORMAT = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
ADDRESS = re.compile(r"(?<=127\.0\.0\.1:)\d+")
OBJECT_ID = re.compile(r"\b[\da-f]{24}\b")  # of a document in MongoDB


def is_stable() -> bool:
    """Return whether outputs are saved, and so must be the same in each run."""
    return STABLE_OUTPUTS in os.environ


def hide_passwords(value: object) -> object:
    """Return a JSON value with its passwords masked, as for the body of a request."""
    return change_fields(
        value, lambda name, part: HIDDEN if name in PASSWORDS else part
    )


def shorten_tokens(value: object) -> object:
    """Return a JSON value with the begin and the end of its tokens only.

    If outputs are stable, timestamps are replaced by their format.
    """
    return change_fields(value, shorten_field)


def change_fields(value: object, change: Callable[[str, object], object]) -> object:
    """Return a JSON value in which each field of an object is changed, unless null.

    change: takes the name of a field and its value, and returns the new value.
    """
    if isinstance(value, list):
        return [change_fields(part, change) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: part if part is None else change_fields(change(name, part), change)
        for name, part in value.items()
    }


def shorten_field(name: str, part: object) -> object:
    """Return the value of a field: shorter for a token, stable for a timestamp."""
    if name.endswith("_token") and isinstance(part, str):
        return shorten_token(part)
    if name.endswith("_at") and isinstance(part, str) and is_stable():
        return TIMESTAMP.sub("YYYY-MM-DDThh:mm:ss", part)
    return part


def shorten_token(token: str) -> str:
    """Return the header of a token, which is not secret, and its last characters.

    If outputs are stable, there is a mask instead of these.
    """
    header, dot, rest = token.partition(".")
    if not dot:
        return HIDDEN
    is_long = len(rest) >= SHORTEST_TOKEN and not is_stable()
    return f"{header}.…{rest[-6:]}" if is_long else f"{header}.{HIDDEN}"


def hide_credentials(authorization: str) -> str:
    """Return the header Authorization without a password, and with a shorter token."""
    scheme, space, credentials = authorization.partition(" ")
    if not space:
        return HIDDEN
    is_token = scheme.lower() == "bearer" and not is_stable()
    return f"{scheme} {shorten_token(credentials) if is_token else HIDDEN}"


def hide_hashes(text: str) -> str:
    """Return a string with the secret part of its password hashes masked."""
    return HASH.sub(rf"\1{HIDDEN}", text)


def stabilize_ids(text: str, replacement: str = UUID_FORMAT) -> str:
    """Return a string; if outputs are stable, with a replacement for each UUID.

    The ids of documents in MongoDB are replaced by their format.
    """
    if not is_stable():
        return text
    return OBJECT_ID.sub("x" * 24, UUID.sub(replacement, text))


def hide_port(text: str) -> str:
    """Return a string; if outputs are stable, without the port of a server here."""
    return ADDRESS.sub("(a port)", text) if is_stable() else text

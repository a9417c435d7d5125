"""Find the secrets that a request sends, so that they can be masked everywhere."""

import base64
import binascii
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

LARGEST_BODY = 1024 * 1024  # bytes; the secrets in a larger one are not looked for
SECRET_SETTING = re.compile(r"SECRET|PASSWORD$|_KEYS$")


def read_body(environ: dict[str, Any]) -> bytes:
    """Return the body of a request, and leave it for the app to read again."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit() or int(length) > LARGEST_BODY:  # or sent in chunks
        return b""
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def read_fields(environ: dict[str, Any]) -> list[object]:
    """Return what a request sends as fields: its JSON, its form and its query."""
    body = read_body(environ).decode("utf-8", "replace")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = parse_qs(body)
    return [sent, parse_qs(environ.get("QUERY_STRING", ""))]


def find_credentials(environ: dict[str, Any]) -> Iterator[str]:
    """Yield the secrets in the headers Authorization and Cookie."""
    scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    yield credentials
    if scheme.lower() == "basic":
        try:
            login = base64.b64decode(credentials).decode("utf-8", "replace")
        except binascii.Error:
            return
        yield login.partition(":")[2]
    for cookie in environ.get("HTTP_COOKIE", "").split(";"):
        yield cookie.partition("=")[2].strip()


def find_settings(config: dict[str, Any]) -> Iterator[str]:
    """Yield the keys and passwords among the settings of an app."""
    for name, value in config.items():
        if SECRET_SETTING.search(name):
            for secret in value if isinstance(value, list) else [value]:
                if isinstance(secret, str):
                    yield secret

"""Show cookies without the secrets in them."""

import re
from collections.abc import Mapping

import requests

from classroom.display.masks import HIDDEN, is_stable

LONGEST_VALUE = 16  # characters; a longer value can be a session, and is masked
COOKIE = re.compile(r"^([^=;\s]+)=([^;]*)")
EXPIRES = re.compile(r"(?<=Expires=)[^;]+")


def hide_value(cookie: str) -> str:
    """Return a cookie such as "session=eyJ…; Path=/" with a long value masked."""
    found = COOKIE.match(cookie)
    if not found or len(found[2]) <= LONGEST_VALUE:
        return cookie
    return f"{found[1]}={HIDDEN}{cookie[found.end() :]}"


def hide_cookies(header: str) -> str:
    """Return the header Cookie of a request with long values masked."""
    return "; ".join(hide_value(cookie) for cookie in header.split("; "))


def set_cookies(response: requests.Response) -> list[str]:
    """Return each header Set-Cookie of a response, with a long value masked.

    If outputs are stable, the date on which it expires is replaced by a description.
    """
    headers: Mapping[str, str] = response.raw.headers
    cookies = headers.getlist("Set-Cookie") if hasattr(headers, "getlist") else []
    shown = [hide_value(cookie) for cookie in cookies]
    return [EXPIRES.sub("(a date)", each) for each in shown] if is_stable() else shown

"""What we take from a client, and what we do not."""

import re
from decimal import Decimal

from flask import request
from flask_smorest import abort
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

# Names end up in URLs, where "/" separates, and "." and ".." mean "here" and "up".
# The rest nobody can type: control characters, halves of a character, broken UTF-8.
NOT_IN_A_NAME = re.compile(r"[/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]|^\.{1,2}$")
# To a password hash, zeros at the end make no difference; it cannot take half a
# character at all.
NOT_IN_A_TEXT = re.compile(r"[\x00\ud800-\udfff]")

LARGEST_ID = 2**31 - 1  # what PostgreSQL's INTEGER holds


def read_json():
    """Return what the JSON of the body says; answer 400, 413 or 415 if it is none."""
    try:
        # A body that comes in chunks does not say its length, and is cut off at 1 MiB.
        length = len(request.get_data())
        if request.content_length is None and length == request.max_content_length:
            raise RequestEntityTooLarge
        return request.get_json()
    except RequestEntityTooLarge:
        abort(413, message="A body has at most 1 MiB.")
    except UnsupportedMediaType:
        abort(415, message="Send JSON, with the header Content-Type: application/json.")
    # Not JSON, brackets a thousand deep, a number beyond all measure; or broken chunks,
    # for which each server has an error of its own. Here, they all mean the same.
    except Exception:
        abort(400, message="The body is not JSON that can be read.")


def check_text(text):
    """Return the text; raise ValueError for what is none, or cannot be typed."""
    if not isinstance(text, str):
        raise ValueError("This is not a text.")
    if NOT_IN_A_TEXT.search(text):
        raise ValueError("There is a character in it that nobody can type.")
    return text


def check_name(name, shortest=1):
    """Return the name without the blanks around it; raise ValueError for a bad one."""
    name = name.strip()
    if not shortest <= len(name) <= 80:
        raise ValueError(f"A name has {shortest} to 80 characters.")
    if NOT_IN_A_NAME.search(name):
        raise ValueError(
            "A name cannot be '.' or '..', nor have '/' or odd characters."
        )
    return name


def read_name(name, status=422):
    """Return the name from a URL; answer with the status if nothing can be named so."""
    try:
        return check_name(name)
    except ValueError as problem:
        abort(status, message=str(problem), errors={"name": [str(problem)]})


def read_id(text):
    """Return the id from a URL; answer 404 if no id can be like that."""
    if not re.fullmatch(r"[1-9][0-9]{0,9}", text) or int(text) > LARGEST_ID:
        abort(404, message=f"There is nothing with the id {text[:80]!r}.")
    return int(text)


def check_price(price):
    """Return the price in cents, so exactly; raise ValueError for a bad one."""
    # To Python, True is a number as well. NaN, which is none in JSON, comes as a float.
    if type(price) not in (int, Decimal) or not 0 <= price <= Decimal("99999999.99"):
        raise ValueError("A price is a number from 0 to 99999999.99.")
    if round(price, 2) != price:
        raise ValueError("A price has at most two decimals.")
    return int(price * 100)

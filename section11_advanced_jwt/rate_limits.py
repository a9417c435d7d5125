"""How often one client may try: to log in, and to register."""

import math
import time

from flask import Response, current_app, request
from flask_jwt_extended import current_user
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse_many

# It counts for each client address: whoever tries too often from one address stops
# nobody at another.
limiter = Limiter(key_func=get_remote_address)


def limit(setting, key):
    """Return a decorator that lets a view be called as often as a setting says.

    The key is a function that says who asks; each of them is counted apart. Views with
    the same limit are counted together, as /login and /auth must be.
    """
    return limiter.shared_limit(
        lambda: current_app.config[setting],
        scope=setting,
        key_func=key,
        error_message="That was too often. Retry-After says how many seconds to wait.",
        on_breach=say_when,
    )


def say_when(limit):
    """Return what is answered to one who has tried too often, without the message."""
    seconds = math.ceil(limit.reset_at - time.time())
    return Response(status=429, headers={"Retry-After": max(seconds, 1)})


def address_and_username():
    """Return who asks from where: a whole classroom may have one address.

    The body has been checked already: a guess that cannot be right is none.
    """
    body = request.get_json()
    username = body["username"] if "username" in body else current_user.username
    return f"{get_remote_address()} {username.strip()[:80]}"


def limit_guesses(view):
    """Limit how often an address may guess the password of one user, and of any."""
    view = limit("GUESS_LIMIT", address_and_username)(view)
    return limit("ADDRESS_LIMIT", get_remote_address)(view)


def limit_registrations(view):
    """Limit how many users an address may add."""
    return limit("REGISTER_LIMIT", get_remote_address)(view)


def init_app(app):
    """Count for an app; raise RuntimeError if a limit says nothing."""
    for setting in "GUESS_LIMIT", "ADDRESS_LIMIT", "REGISTER_LIMIT":
        # Flask-Limiter would log that it cannot read it, and then let everybody in.
        try:
            parse_many(app.config[setting])
        except ValueError:
            raise RuntimeError(
                f'FLASK_{setting} must be a limit such as "10 per minute".'
            ) from None
    limiter.init_app(app)

"""Rate limits: how often a client may guess a password, and register."""

import math
import time
from functools import wraps
from ipaddress import ip_address, ip_network

from flask import Response, current_app, request
from flask_jwt_extended import current_user
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse_many
from redis import RedisError

from schemas import normalize


def client_address():
    """Return the client's IP address, or the network that one customer has in IPv6."""
    try:
        address = ip_address(get_remote_address())
    except ValueError:  # what the proxy sends is not an IP address
        return get_remote_address()
    address = getattr(address, "ipv4_mapped", None) or address
    if address.version == 4:
        return str(address)
    # A customer of a provider usually has 2**64 addresses or more.
    return str(ip_network((address, 64), strict=False))


# Requests are counted for each client address.
limiter = Limiter(key_func=client_address)


def limit_guesses(view):
    """Limit how often an address may try passwords, for one user and for all users."""
    view = limit("GUESS_LIMIT", address_and_username)(view)
    return retry_without_redis(limit("ADDRESS_LIMIT", client_address)(view))


def limit_registrations(view):
    """Limit how many users an address may add."""
    return retry_without_redis(limit("REGISTER_LIMIT", client_address)(view))


def limit(setting, key):
    """Return a decorator that limits the calls of a view, by a setting.

    The key is a function: requests for which it returns the same value are counted
    together. So are all views with the same setting, such as /login and /password.
    """
    return limiter.shared_limit(
        lambda: current_app.config[setting],
        scope=setting,
        key_func=key,
        error_message="Too many requests. Wait as many seconds as Retry-After says.",
        on_breach=rate_limit_response,
    )


def retry_without_redis(view):
    """Call a view again if Redis stops responding while the request is counted.

    Flask-Limiter itself counts the first such request in memory, and all later ones,
    but raises the error for others that were waiting for Redis at the same time.
    """

    @wraps(view)
    def call(*args, **kwargs):
        try:
            return view(*args, **kwargs)
        except RedisError:
            return view(*args, **kwargs)

    return call


def rate_limit_response(limit):
    """Return the response to a request over a limit; api.py adds the body."""
    seconds = math.ceil(limit.reset_at - time.time())
    return Response(status=429, headers={"Retry-After": max(seconds, 1)})


def address_and_username():
    """Return the client's address and the username, from the body or the token.

    A whole classroom may share one address, so the address alone is not enough.
    """
    body = request.get_json()  # which has already been validated
    username = body["username"] if "username" in body else current_user.username
    return f"{client_address()} {normalize(username)[:80]}"


def init_app(app):
    """Limit the requests to an app; raise RuntimeError if a setting is not valid."""
    for setting in "GUESS_LIMIT", "ADDRESS_LIMIT", "REGISTER_LIMIT":
        # Flask-Limiter would log the error, and then allow everything.
        try:
            parse_many(app.config[setting])
        except ValueError:
            raise RuntimeError(
                f'FLASK_{setting} must be a limit such as "10 per minute".'
            ) from None
    limiter.init_app(app)

"""CORS: which other origins may use the API from their pages.

A browser lets a page read a response from another origin only if the response allows
it, and asks first (a preflight) before it sends anything that a form could not send.
"""

import re

from flask_cors import CORS

# A scheme, a host, and a port unless it is the usual one; no path, not even a "/".
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?")
NO_ORIGIN = (
    "FRONTEND_ORIGINS must be a list of exact origins, such as "
    '["https://www.example.com"], but it has {!r}.'
)


def init_blueprint(blueprint, settings):
    """Allow pages of the origins in the settings to use the routes of a blueprint."""
    origins = settings["FRONTEND_ORIGINS"]
    origins = [origins] if isinstance(origins, str) else list(origins)
    for origin in origins:
        # Flask-CORS would take "*", and patterns, which match more than they seem to.
        if not ORIGIN.fullmatch(str(origin)):
            raise RuntimeError(NO_ORIGIN.format(origin))
    if origins:
        CORS(
            blueprint,
            origins=origins,
            supports_credentials=True,  # cookies, too
            allow_headers=["Authorization", "Content-Type", "X-CSRF-TOKEN"],
            methods=["GET", "POST", "PUT", "DELETE"],
            expose_headers=["Location", "X-Pagination"],
            max_age=600,  # seconds for which a browser remembers a preflight
            always_send=False,  # only where there is a header Origin
            vary_header=False,  # see below
        )
    blueprint.after_request(vary_by_origin)


def vary_by_origin(response):
    """Tell caches that a response for one origin is not one for another.

    With a single origin, Flask-CORS would leave that out. Then a cache could give a
    page a response without the headers, which was made for a request without Origin.
    """
    response.vary.add("Origin")
    return response

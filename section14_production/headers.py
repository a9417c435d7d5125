"""Headers of responses that tell browsers and proxies to be careful."""

from flask import request


def add_headers(response):
    """Add the headers to a response."""
    # A browser must not guess that something else than the Content-Type is in the body.
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.blueprint == "logins":
        # Nothing may store a response with tokens: RFC 6749, section 5.1.
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app):
    """Add the headers to all responses of an app."""
    app.after_request(add_headers)

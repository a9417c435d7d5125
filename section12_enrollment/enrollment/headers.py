"""Headers that tell browsers and proxies to be careful."""

from flask import request

# Everything on a page comes from this site, nothing on it is a script, and no other
# site can show it in a frame. (data: is for the icons in Bootstrap's stylesheet.)
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; script-src 'none'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def add_headers(response):
    """Add the headers to a response."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    # A browser must not guess that something else than the Content-Type is in the body.
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Other sites get to know nothing about the page from which a link led to them.
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint not in ("static", "bootstrap.static"):
        # On a shared computer, the button "back" must not show a student's pages.
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app):
    """Add the headers to all responses of an app."""
    app.after_request(add_headers)

"""Security headers for all responses."""

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
    # Browsers must not guess a type from the body instead of reading Content-Type.
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Links to other sites do not tell them the URL of this page.
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint not in ("static", "bootstrap.static"):
        # On a shared computer, the back button must not show a student's pages.
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app):
    """Add the headers to all responses of an app."""
    app.after_request(add_headers)

"""Error responses: pages of the site or, for the API, JSON."""

from flask import json, render_template, request
from werkzeug.exceptions import ServiceUnavailable

from enrollment.database import UNAVAILABLE

NOT_AVAILABLE = "The database does not respond. Please try again in a moment."


def respond_to(error):
    """Return the response to an HTTPException, and keep its headers, such as Allow."""
    # An error outside the views, such as in the store of the sessions, arrives here.
    if isinstance(getattr(error, "original_exception", None), UNAVAILABLE):
        return respond_unavailable(error)
    response = error.get_response()
    if request.path.startswith("/api/"):
        # abort(409, message="…") keeps its keyword arguments in error.data.
        details = dict(getattr(error, "data", {}))
        response.headers.update(details.pop("headers", {}))
        body = {"message": error.description, **details}
        response.data = json.dumps(body)
        response.content_type = "application/json"
    else:
        # A page with navigation could need what has just failed.
        name = "error.html" if error.code < 500 else "server_error.html"
        response.data = render_template(name, error=error)
    return response


def respond_unavailable(error):
    """Respond 503 while the database is not available."""
    return respond_to(ServiceUnavailable(NOT_AVAILABLE, retry_after=5))


def init_app(app):
    """Respond to errors of the database; Api registers the handler of all others."""
    for error in UNAVAILABLE:
        app.register_error_handler(error, respond_unavailable)

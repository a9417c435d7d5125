"""What the routes of the JSON API have in common, on top of flask-smorest."""

import flask_smorest
from flask_smorest import abort
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from enrollment.errors import respond_to
from enrollment.schemas import ErrorSchema


class Parser(FlaskParser):
    """Reads the parts of a request, and responds with the errors in them."""

    def load_json(self, request, schema):
        """Return the body; leave the statuses 413 and 415 to Flask."""
        try:
            return request.get_json()
        except (RequestEntityTooLarge, UnsupportedMediaType):
            raise
        except Exception:  # not JSON, too deep, or cut off, which depends on the server
            abort(400, message="The body is not valid JSON.")

    def handle_error(self, error, request, schema, *, error_status_code, **kwargs):
        """Respond with what is wrong in each field."""
        [errors] = error.messages.values()  # by location: "json" or "query"
        message = "Some fields are not valid: see 'errors'."
        abort(422, message=message, errors=errors)


class Blueprint(flask_smorest.Blueprint):
    """A group of routes that validate requests and describe themselves in OpenAPI."""

    ARGUMENTS_PARSER = PAGINATION_ARGUMENTS_PARSER = Parser()
    DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 20, "max_page_size": 100}

    def may_respond(self, *statuses):
        """Describe the errors with which a view may respond."""

        def describe(view):
            for status in [*statuses, 401, 403, 503]:
                view = self.alt_response(status, schema=ErrorSchema)(view)
            return view

        return describe


class Api(flask_smorest.Api):
    """The JSON API: registers blueprints and describes itself in OpenAPI."""

    ERROR_SCHEMA = ErrorSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # each route lists its errors

    def handle_http_exception(self, error):
        """Respond to an error of any route, also with a page instead of JSON."""
        return respond_to(error)

"""What the routes of this API have in common, on top of flask-smorest."""

import flask_smorest
from flask import json
from flask_jwt_extended import jwt_required
from flask_smorest import abort
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from schemas import ErrorSchema


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
        [errors] = error.messages.values()  # by location: "json", "path" or "query"
        message = "Some fields are not valid: see 'errors'."
        abort(error_status_code or 422, message=message, errors=errors)


class Blueprint(flask_smorest.Blueprint):
    """A group of routes that validate requests and describe themselves in OpenAPI."""

    ARGUMENTS_PARSER = Parser()

    def login_required(self):
        """Require a valid access token for a view."""

        def decorate(view):
            guarded = self.doc(security=[{"bearer": []}])(jwt_required()(view))
            return self.describe(guarded, [401])

        return decorate

    def arguments(self, schema, **options):
        """Validate the body, or the variables of the path, and pass them to a view."""
        is_path = options.get("location") == "path"  # passed as keyword arguments
        validate = super().arguments(schema(), as_kwargs=is_path, **options)
        errors = [] if is_path else [400, 413, 415]
        return lambda view: self.describe(validate(view), errors)

    def response(self, status, schema, *, also=(), errors=(503,)):
        """Serialize what a view returns; also describe other statuses, such as 503."""
        respond = super().response(status, schema)
        return lambda view: respond(self.describe(view, [*also, *errors], schema))

    def describe(self, view, statuses, schema=None):
        """Describe statuses: errors and, below 400, responses with the same schema."""
        for status in statuses:
            body = schema if status < 400 else ErrorSchema
            view = self.alt_response(status, schema=body, success=status < 400)(view)
        return view


class Api(flask_smorest.Api):
    """The whole API: registers blueprints and responds to errors."""

    ERROR_SCHEMA = ErrorSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # each route lists its errors

    def handle_http_exception(self, error):
        """Respond to an error with JSON, and keep its headers, such as Allow."""
        return respond_with_json(error)


def respond_with_json(error):
    """Return the response for an HTTPException, whether our code or Flask raises it."""
    # abort(409, message="…") keeps its keyword arguments in error.data.
    details = dict(getattr(error, "data", {}))
    response = error.get_response()
    response.headers.update(details.pop("headers", {}))
    response.data = json.dumps({"message": error.description, **details})
    response.content_type = "application/json"
    return response

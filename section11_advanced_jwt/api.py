"""flask-smorest, set to read bodies and to answer errors as we promise."""

from http import HTTPStatus

import flask_smorest
from flask_smorest import abort
from webargs.flaskparser import FlaskParser

from checks import read_json
from errors import answer_error_as_json
from schemas import ErrorSchema

# For blp.doc(security=…): config.py says what these are.
NEEDS_TOKEN = [{"bearer": []}]
NEEDS_REFRESH_TOKEN = [{"refresh": []}]
TAKES_TOKEN = [{}, {"bearer": []}]


class Parser(FlaskParser):
    """Reads what a request brings, and has it checked by a schema."""

    def load_json(self, request, schema):
        """Return the JSON object of the body."""
        body = read_json()
        if not isinstance(body, dict):
            abort(422, message='The body must be a JSON object: {"field": value}.')
        return body

    def handle_error(self, error, request, schema, **kwargs):
        """Answer 422, with what is wrong in each field."""
        [errors] = error.messages.values()  # webargs files them under "json" or "query"
        abort(422, message="Some fields are not right: see 'errors'.", errors=errors)


class Blueprint(flask_smorest.Blueprint):
    """A group of routes that check what they get, and describe themselves."""

    ARGUMENTS_PARSER = Parser()
    PAGINATION_ARGUMENTS_PARSER = Parser()
    DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 20, "max_page_size": 100}

    def errors(self, *statuses):
        """Describe the errors that a view answers; they all have the same shape."""

        def decorate(view):
            for status in statuses:
                view = self.alt_response(status, HTTPStatus(status).name)(view)
            return view

        return decorate

    def _document_pagination_metadata(self, spec, response):
        """Describe the header X-Pagination as what it is: a text, with JSON in it."""
        description = "How many things and pages there are, as JSON."
        header = {"description": description, "schema": {"type": "string"}}
        response["headers"] = {self.PAGINATION_HEADER_NAME: header}


class Api(flask_smorest.Api):
    """The whole API: registers blueprints, describes them, and answers errors."""

    ERROR_SCHEMA = ErrorSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # each route says which errors it answers

    def handle_http_exception(self, error):
        """Answer an error as JSON."""
        return answer_error_as_json(error)

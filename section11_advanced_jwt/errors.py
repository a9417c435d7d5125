"""One shape for every error, whoever raised it: our code, Flask or a library."""

from flask import current_app, json


def answer_error_as_json(error):
    """Answer an HTTPException as JSON, keeping its headers (such as Allow)."""
    # abort(409, message="…") leaves what it was given in error.data.
    details = dict(getattr(error, "data", {}))
    headers = details.pop("headers", {})
    response = error.get_response()
    response.data = json.dumps({"message": error.description, **details})
    response.content_type = "application/json"
    response.headers.update(headers)
    return response


def answer_no_database(error):
    """Answer 503 if the database cannot do its work: later it may."""
    reason, *_ = str(error).splitlines()
    current_app.logger.error(f"The database is not ready: {reason}")
    problem = {"message": "The database is not ready. Try again in a moment."}
    return problem, 503, {"Retry-After": "5"}

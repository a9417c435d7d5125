"""Logs: a line of JSON for each request, with its id, and for each error."""

import logging.config
import re
import time
import uuid

from flask import g, request

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{levelname}{name}{message}",
            "style": "{",
            "timestamp": True,
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "loggers": {
        name: {"handlers": ["stdout"], "level": "INFO", "propagate": False}
        for name in ("app", "alembic.runtime.migration", "gunicorn.error")
    }
    # Warnings that Redis does not respond, but not the usernames in its other lines.
    | {"flask-limiter": {"handlers": ["stdout"], "level": "WARNING"}}
    # gunicorn would log each request again, with its query string.
    | {"gunicorn.access": {"handlers": [], "propagate": False}},
}
# The form of Heroku's request ids. Any other could be an attempt to forge log lines.
REQUEST_ID = re.compile(r"[A-Za-z0-9+/=-]{20,200}")


def start_request():
    """Store the start time of a request, and its id: the router's, or a new one."""
    g.started = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def log_request(response):
    """Log a request without query string, headers and body, which can hold secrets."""
    logging.getLogger("app").info(
        f"{request.method} {request.path} {response.status_code}",
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - g.started) * 1000, 1),
            "client": request.remote_addr,
            "request_id": g.request_id,
        },
    )
    # A user who reports a problem can name the request.
    response.headers["X-Request-ID"] = g.request_id
    return response


def init_app(app):
    """Log the requests to an app."""
    logging.config.dictConfig(LOGGING)
    # flask run would log each request again, with its query string.
    logging.getLogger("werkzeug").addFilter(is_no_request)
    app.before_request(start_request)
    app.after_request(log_request)


def is_no_request(record):
    """Return whether a line in the log of flask run is not about a request."""
    return " HTTP/1." not in record.getMessage()

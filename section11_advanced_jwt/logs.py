"""What we tell whoever runs us: a line of JSON for each request, and for each error."""

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
    # That Redis does not answer; but not who has tried too often, and with what name.
    | {"flask-limiter": {"handlers": ["stdout"], "level": "WARNING"}}
    # On Heroku, gunicorn is told to log requests as well, with their queries.
    | {"gunicorn.access": {"handlers": [], "propagate": False}},
}
# What Heroku calls a request id. Anything else is not for our log.
REQUEST_ID = re.compile(r"[A-Za-z0-9+/=-]{20,200}")


def start_request():
    """Remember when a request began, and give it an id if it has none."""
    g.started = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def log_request(response):
    """Log a request when it is answered: no query, no header, no body.

    Passwords and tokens stand in those.
    """
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
    # Whoever complains about an answer can say which one it was.
    response.headers["X-Request-ID"] = g.request_id
    return response


def init_app(app):
    """Log what the app does."""
    logging.config.dictConfig(LOGGING)
    # flask run logs each request as well, with its query: one line is enough.
    logging.getLogger("werkzeug").addFilter(keep_out_requests)
    app.before_request(start_request)
    app.after_request(log_request)


def keep_out_requests(record):
    """Return whether a line of flask run is about something else than a request."""
    return " HTTP/1." not in record.getMessage()

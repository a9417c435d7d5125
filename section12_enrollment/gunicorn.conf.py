"""Settings for gunicorn, which reads this file in the folder that it starts in."""

import os

HAS_DATABASE = bool(os.environ.get("MONGO_URI") or os.environ.get("FLASK_MONGO_URI"))

# Heroku's router connects from another machine, to the port in PORT.
host = os.environ.get("HOST", "0.0.0.0" if "PORT" in os.environ else "127.0.0.1")
bind = f"{host}:{os.environ.get('PORT', 8000)}"

# Each worker loads the app itself, because MongoDB's client is not fork-safe: a process
# must not use a client that its parent has made. (preload_app is False by default.)
workers = int(os.environ.get("WEB_CONCURRENCY", 2)) if HAS_DATABASE else 1
worker_class = "gthread"
threads = 8

# Heroku's router waits 30 seconds for a response, and a dyno has 30 seconds to stop.
timeout = 30
graceful_timeout = 25
limit_request_line = 8190  # bytes, the maximum: the app itself responds to long URLs
forwarder_headers, secure_scheme_headers = "", {}  # a client could have sent them

# Log each request, without its query string.
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
control_socket_disable = True


def on_starting(server):
    """Refuse to start several workers if each would have its own data in its memory."""
    if server.cfg.workers > 1 and not HAS_DATABASE:
        raise RuntimeError("Several workers need a database: set MONGO_URI.")


def pre_request(worker, request):
    """Let a thread wait at most 5 seconds for each part of a body."""
    request.unreader.sock.settimeout(5)

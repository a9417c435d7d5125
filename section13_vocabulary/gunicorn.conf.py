"""Settings for gunicorn, which reads this file in the folder that it starts in."""

import gc
import os

# Heroku's router connects from another machine, to the port in PORT.
host = os.environ.get("HOST", "0.0.0.0" if "PORT" in os.environ else "127.0.0.1")
bind = f"{host}:{os.environ.get('PORT', 8000)}"

# Several workers can use several processor cores. In each worker, one thread can wait
# for the database while another one handles a request.
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
worker_class = "gthread"
threads = 12  # more than connections to the database: see config.py
# Load the app once, and fork the workers from it. create_app() opens no connection, so
# the processes do not share one.
preload_app = True

# Heroku's router waits 30 seconds for a response, and a dyno has 30 seconds to stop.
timeout = 30
graceful_timeout = 25
limit_request_line = 8190  # bytes, the maximum: the app itself responds to long URLs
forwarder_headers, secure_scheme_headers = "", {}  # clients can send them, too

# Log each request, without its query string.
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
control_socket_disable = True
raw_env = ["PGCONNECT_TIMEOUT=4", "PGOPTIONS=-c statement_timeout=3s"]  # seconds


def when_ready(server):
    """Leave what is loaded by now out of garbage collection, since it stays in use.

    To search it takes time, and copies the memory that the processes share.
    """
    gc.freeze()


def pre_request(worker, request):
    """Let a thread wait at most 5 seconds for each part of a body."""
    request.unreader.sock.settimeout(5)

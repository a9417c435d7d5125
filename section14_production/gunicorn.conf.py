"""Settings for gunicorn, which reads this file in the folder that it starts in."""

import gc
import logging
import os
import socket

from config import THREADS
from logs import LOGGING

# Heroku's router connects from another machine, to the port in PORT.
host = os.environ.get("HOST", "0.0.0.0" if "PORT" in os.environ else "127.0.0.1")
bind = f"{host}:{os.environ.get('PORT', 8000)}"

# Several workers can use several processor cores. In each worker, one thread can wait
# for the database while another one handles a request.
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
worker_class = "gthread"
threads = THREADS
# Load the app once, and fork the workers from it. create_app() opens no connection, so
# the processes do not share one.
preload_app = True

# Heroku's router waits 30 seconds for a response, and a dyno has 30 seconds to stop.
timeout = 30
graceful_timeout = 25
# The router keeps an idle connection open for 90 seconds, and should be the one that
# closes it: when gunicorn does, the next request may already be on its way.
keepalive = 95
# After this many requests, a new worker replaces the old one, which may leak memory.
max_requests = 10_000
max_requests_jitter = 1_000  # so that workers are not all replaced at once
limit_request_line = 8190  # bytes, the maximum: the app itself responds to long URLs
forwarder_headers, secure_scheme_headers = "", {}  # clients can send them, too

logconfig_dict = LOGGING | {"root": {}}
control_socket_disable = True
raw_env = ["PGCONNECT_TIMEOUT=4", "PGOPTIONS=-c statement_timeout=3s"]  # seconds


def hide_request(record):
    """Log that a request cannot be read, but nothing of it: it can contain secrets."""
    if "Invalid request" in str(record.msg):  # from ip=…: error: a part of the request
        record.msg = ": ".join(record.msg.split(": ")[:2])
    return True


logging.getLogger("gunicorn.error").addFilter(hide_request)


def when_ready(server):
    """Leave what is loaded by now out of garbage collection, since it stays in use.

    To search it takes time, and copies the memory that the processes share.
    """
    gc.freeze()


def pre_request(worker, request):
    """Let a thread wait at most 5 seconds for each part of a body."""
    request.unreader.sock.settimeout(5)


def post_request(worker, request, environ, response):
    """Read a body that is too large for the app, up to 2 MiB.

    gunicorn itself reads up to 64 KiB of it, and then closes the connection, on which
    the client may still be sending.
    """
    connection = request.unreader.sock
    connection.settimeout(1)
    try:
        request.body.read(2 * 1024 * 1024)
    except TimeoutError:  # the client sends nothing more, and has its response
        connection.shutdown(socket.SHUT_RDWR)

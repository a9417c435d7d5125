"""Settings of gunicorn, which reads this file in the folder where it starts."""

import os

from config import THREADS
from logs import LOGGING

# Heroku's router connects from another machine, to the port in PORT.
host = os.environ.get("HOST", "0.0.0.0" if "PORT" in os.environ else "127.0.0.1")
bind = f"{host}:{os.environ.get('PORT', 8000)}"

# Worker processes use several processor cores. In each worker, one thread can wait for
# the database while another one handles a request.
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
worker_class = "gthread"
threads = THREADS
# Load the app once, and fork the workers from it. create_app() opens no connection, so
# the processes do not share one.
preload_app = True

# Heroku's router waits 30 seconds for a response, and a dyno has 30 seconds to stop.
timeout = 30
graceful_timeout = 25
# The router keeps a connection open for 90 seconds. It should be the one that closes
# it: if gunicorn did, the next request could be on its way already.
keepalive = 95
# After that many requests a new worker takes over, so that no memory leak lasts.
max_requests = 10_000
max_requests_jitter = 1_000  # not all workers at once
limit_request_line = 8190  # bytes, the maximum: the app itself responds to long URLs

logconfig_dict = LOGGING | {"root": {}}
control_socket_disable = True
raw_env = ["PGCONNECT_TIMEOUT=5"]  # seconds to wait for a connection to PostgreSQL


def post_request(worker, request, environ, response):
    """Read what the app has not read of a body, up to 2 MiB.

    After 64 KiB, gunicorn would close the connection, over which the client may already
    be sending its next request.
    """
    request.body.read(2 * 1024 * 1024)

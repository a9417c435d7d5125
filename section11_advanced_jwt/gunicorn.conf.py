"""How gunicorn serves the app: it reads this file where it is started."""

import os

from config import THREADS
from logs import LOGGING

# Heroku says at which port its router will ask, and asks from another machine.
host = os.environ.get("HOST", "0.0.0.0" if "PORT" in os.environ else "127.0.0.1")
bind = f"{host}:{os.environ.get('PORT', 8000)}"

# Processes use several processors; threads serve others while one waits for the
# database.
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
worker_class = "gthread"
threads = THREADS
# The app is loaded once, and then copied into each worker. That is safe since
# create_app() opens no connection: two processes cannot share one.
preload_app = True

# Heroku gives up a request after 30 seconds, and kills a process that has not ended 30
# seconds after it was told to.
timeout = 30
graceful_timeout = 25  # seconds for running requests to end
# The router keeps a connection for 90 seconds after a request. It should be the one
# that closes it: if we did, the next request might be under way already.
keepalive = 95
# Then a new worker takes over, so that no leak of memory grows for ever.
max_requests = 10_000
max_requests_jitter = 1_000  # not all at once

# Bytes of an address: as many as can be set, so that the app answers also long ones.
limit_request_line = 8190

logconfig_dict = LOGGING | {"root": {}}
control_socket_disable = True  # nobody here asks gunicorn how it is
raw_env = ["PGCONNECT_TIMEOUT=5"]  # seconds until we believe that the database is gone


def post_request(worker, request, environ, response):
    """Read what the app has left of a body, up to 2 MiB.

    gunicorn calls this after each answer. Without it, it would close the connection,
    over which the next request may be under way.
    """
    for _ in range(32):
        if not request.body.read(64 * 1024):
            break

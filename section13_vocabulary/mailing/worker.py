"""Who sends the mail: flask worker, woken through Redis, or a thread of this process.

A mail waits in the database, not in Redis, which only tells the worker that there is
one. If Redis loses that, the worker finds the mail when it next looks.
"""

import threading

from flask import current_app
from redis import Redis, RedisError
from rq import Queue, SimpleWorker

from mailing.outbox import send_waiting

wake_up = threading.Event()
start_once = threading.Lock()


def wake():
    """Tell the worker, or the thread, that there is mail, after the commit."""
    if not current_app.config["REDIS_URL"]:
        wake_up.set()
        return
    try:
        find_queue().enqueue(send_waiting)
    except RedisError as error:
        current_app.logger.warning("Redis does not respond: %r", error)


def find_queue():
    """Return the queue in Redis."""
    url = current_app.config["REDIS_URL"]
    # Unlike the worker, which waits for jobs, a request must not wait for Redis.
    times = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return Queue("mail", connection=Redis.from_url(url, **times))


def start_thread(app):
    """Start the thread that sends the mail, unless this process has one."""
    if start_once.acquire(blocking=False):
        app.logger.info("There is no REDIS_URL: this process sends the mail itself.")
        threading.Thread(target=repeat, args=(app, send_waiting), daemon=True).start()


def repeat(app, function):
    """Call a function whenever it is woken, and regularly, for mail that has waited."""
    while True:
        wake_up.clear()
        with app.app_context():
            try:
                function()
            except Exception:  # such as: the database does not respond
                app.logger.exception("Mail cannot be sent now")
        wake_up.wait(app.config["MAIL_CHECK_INTERVAL"])


def run_worker():
    """Send mail until Ctrl-C: what RQ reports, and what has waited."""
    app = current_app._get_current_object()
    threading.Thread(target=repeat, args=(app, wake), daemon=True).start()
    connection = Redis.from_url(app.config["REDIS_URL"])
    SimpleWorker(["mail"], connection=connection).work()

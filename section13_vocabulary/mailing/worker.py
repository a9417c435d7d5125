"""The sender of the e-mails: flask worker, or a thread in this process.

E-mails wait in the database. A job in Redis only tells the worker that there are some.
If that job is lost, the worker finds them at its next check.
"""

import threading

from flask import current_app
from redis import Redis, RedisError
from rq import Queue, SimpleWorker

from mailing.outbox import send_waiting

wake_up = threading.Event()
start_once = threading.Lock()


def wake():
    """Tell the worker or the thread, after the commit, that an e-mail waits."""
    if not current_app.config["REDIS_URL"]:
        wake_up.set()
        return
    try:
        # RQ would end a job after 180 seconds, in the middle of an e-mail.
        find_queue().enqueue(send_waiting, job_timeout=-1)
    except RedisError as error:
        current_app.logger.warning("Redis does not respond: %r", error)


def find_queue():
    """Return the queue in Redis."""
    url = current_app.config["REDIS_URL"]
    # Unlike the worker, which waits for jobs, a request must not wait for Redis.
    times = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return Queue("mail", connection=Redis.from_url(url, **times))


def start_thread(app):
    """Start the thread that sends the e-mails, unless this process has one."""
    if start_once.acquire(blocking=False):
        app.logger.info("REDIS_URL is not set: this process sends the e-mails itself.")
        threading.Thread(target=repeat, args=(app, send_waiting), daemon=True).start()


def repeat(app, function):
    """Call a function when wake() has been called, and regularly, until the end."""
    while True:
        wake_up.clear()
        with app.app_context():
            try:
                function()
            except Exception:  # such as: the database does not respond
                app.logger.exception("E-mails cannot be sent now")
        wake_up.wait(app.config["MAIL_CHECK_INTERVAL"])


def run_worker():
    """Run the jobs in Redis until Ctrl-C, and add one regularly."""
    app = current_app._get_current_object()
    threading.Thread(target=repeat, args=(app, wake), daemon=True).start()
    connection = Redis.from_url(app.config["REDIS_URL"])
    SimpleWorker(["mail"], connection=connection).work()

"""Mail: the texts, the links in them, the outbox and the worker that empties it."""

from mailing.smtp import mail
from mailing.worker import start_thread, wake

__all__ = ["init_app", "wake"]


def init_app(app):
    """Let an app send mail."""
    mail.init_app(app)
    if app.config["MAIL_THREAD"] and not app.config["REDIS_URL"]:
        # Not before: gunicorn forks its workers, and a thread is not forked with them.
        app.before_request(lambda: start_thread(app))

"""E-mail: the texts, the links in them, the outbox and the worker that sends it."""

from mailing.smtp import mail
from mailing.worker import start_thread, wake

__all__ = ["init_app", "wake"]


def init_app(app):
    """Let an app send e-mails."""
    mail.init_app(app)
    if app.config["MAIL_THREAD"] and not app.config["REDIS_URL"]:
        # Not earlier: gunicorn forks its workers, and a fork has none of the threads.
        app.before_request(lambda: start_thread(app))

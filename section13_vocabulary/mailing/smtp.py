"""The connection to the SMTP server: Flask-Mail's, with a timeout and checked TLS."""

import smtplib
import ssl

import flask_mail
from flask import current_app

mail = flask_mail.Mail()


class Connection(flask_mail.Connection):
    """A connection that does not wait forever, and knows who it talks to."""

    def configure_host(self):
        """Connect and log in; Flask-Mail itself has no timeout, and checks nothing."""
        settings, timeout = self.mail, current_app.config["MAIL_TIMEOUT"]
        context = ssl.create_default_context()
        if settings.use_ssl:
            connect, options = smtplib.SMTP_SSL, {"context": context}
        else:
            connect, options = smtplib.SMTP, {}
        host = connect(settings.server, settings.port, timeout=timeout, **options)
        if settings.use_tls:
            host.starttls(context=context)
        if settings.username:
            host.login(settings.username, settings.password)
        return host


def connect():
    """Return a connection, for a with block."""
    return Connection(current_app.extensions["mail"])

"""Send what waits in the outbox.

Several processes can do that at the same time: each claims a mail before it sends it.
If the server does not take it, it waits for the next try, longer each time. SMTP can
only promise "at least once": if this process is killed after the server has taken a
mail, and before that is recorded, another one sends it again. The copy has the same
Message-ID, by which a mail server can recognize it.
"""

import smtplib

from flask import current_app
from sqlalchemy.exc import DatabaseError

from clock import now
from db import db
from mailing.messages import write_message
from mailing.smtp import connect
from models import MailModel

LONGEST_DELAY = 60 * 60  # seconds


def send_waiting():
    """Send all mail that waits; return how many were sent."""
    sent = 0
    while (mail := MailModel.claim(current_app.config["MAIL_CLAIM"])) is not None:
        sent += send(mail)
    db.session.remove()  # give the connection back
    return sent


def send(mail):
    """Send a mail that is claimed; return whether it was sent."""
    try:
        message = write_message(mail)
        db.session.commit()  # free the connection: what follows takes a while
        if message is None:
            mail.finish("discarded")
            return False
        with connect() as connection:
            connection.send(message)
            # Record it now: the end of the connection can fail, too.
            mail.finish("sent")
    except DatabaseError:  # it stays claimed, and waits again after that
        raise
    except Exception as error:  # whatever it is, other mail can be sent
        if mail.status != "sent":
            handle_failure(mail, error)
            return False
    current_app.logger.info("Mail %s (%s) is sent.", mail.id, mail.kind)
    return True


def handle_failure(mail, error):
    """Let a mail wait for the next try, or give it up."""
    log = current_app.logger.warning
    age = (now() - mail.created_at).total_seconds()
    if is_permanent(error) or age > current_app.config["MAIL_MAX_AGE"]:
        log("Mail %s (%s) is given up: %r", mail.id, mail.kind, error)
        mail.finish("failed")
        return
    delay = current_app.config["MAIL_RETRY_DELAY"] * 2 ** min(mail.tries - 1, 20)
    delay = min(delay, LONGEST_DELAY)
    log("Mail %s (%s) waits for %s s: %r", mail.id, mail.kind, delay, error)
    mail.retry_in(delay)


def is_permanent(error):
    """Return whether the server will never take this mail: its status is 5xx."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    # Other statuses are about the connection or the login, which can be repaired.
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500

"""Send the e-mails that wait in the outbox.

Several processes can do that at the same time: each claims an e-mail before it sends
it. If the SMTP server does not accept it, it waits for the next try, longer each time.

This is "at least once" delivery: if a process is killed after the server has accepted
an e-mail, and before that is recorded, another process sends it again. The copy has the
same Message-ID, by which mail servers and programs can recognize it.
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
    """Send all e-mails that wait; return how many were sent."""
    sent = 0
    try:
        while (mail := MailModel.claim(current_app.config["MAIL_CLAIM"])) is not None:
            sent += send(mail)
    finally:
        # Free the connection. After an error, this ends the transaction as well: the
        # worker calls this function again and again, in the same session.
        db.session.remove()
    return sent


def send(mail):
    """Send a claimed e-mail; return whether it was sent."""
    try:
        message = write_message(mail)
        db.session.commit()  # free the connection: what follows takes a while
        if message is None:
            mail.finish("discarded")
            return False
        with connect() as connection:
            connection.send(message)
            # Record it now: closing the connection can fail, too.
            mail.finish("sent")
    except DatabaseError:  # the claim expires, and the e-mail waits again
        raise
    except Exception as error:  # of any kind: other e-mails can still be sent
        if mail.status != "sent":
            handle_failure(mail, error)
            return False
    current_app.logger.info("E-mail %s (%s) is sent.", mail.id, mail.kind)
    return True


def handle_failure(mail, error):
    """Let an e-mail wait for the next try, or record that it has failed."""
    log = current_app.logger.warning
    age = (now() - mail.created_at).total_seconds()
    if is_permanent(error) or age > current_app.config["MAIL_MAX_AGE"]:
        log("E-mail %s (%s) has failed: %r", mail.id, mail.kind, error)
        mail.finish("failed")
        return
    delay = current_app.config["MAIL_RETRY_DELAY"] * 2 ** min(mail.tries - 1, 20)
    delay = min(delay, LONGEST_DELAY)
    log("E-mail %s (%s) waits for %s s: %r", mail.id, mail.kind, delay, error)
    mail.retry_in(delay)


def is_permanent(error):
    """Return whether the server will never accept this e-mail: its status is 5xx."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    # Other errors are about the connection or the login, which can be corrected.
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500

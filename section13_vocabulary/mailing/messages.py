"""The texts of mails: each mail of the outbox becomes a message when it is sent."""

from email import policy
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_mail import Message

from mailing.links import api_url, frontend_url, make_token
from models import ProgressModel, UserModel


class MailMessage(Message):
    """A message whose headers are sent as they are.

    Python would wrap a header of over 78 characters, and encode what it cannot wrap:
    the link in List-Unsubscribe, which mail programs then do not recognize.
    """

    def _message(self):
        message = super()._message()
        message.policy = policy.SMTP.clone(refold_source="none")
        return message


def write_message(mail):
    """Return the message for a mail of the outbox, or None if there is none to send."""
    user = UserModel.find_by_email(mail.email)
    write = {"register": write_register, "reset": write_reset, "due": write_due}
    message = write[mail.kind](user) if user else None
    if message:
        # Flask-Mail makes a Message-ID at each try; ours is that of the first.
        domain = urlsplit(frontend_url("")).hostname
        message.msgId = f"<{mail.message_id}@{domain}>"
        message.date = mail.created_at.timestamp()
    return message


def write_register(user):
    """Return a mail with a link that confirms the address; or say that it is."""
    if user.confirmed_at:
        link = frontend_url("/login")
        return make_message(user, "You have an account already", "exists", link=link)
    link = api_url(f"/api/confirmations/{make_token(user, 'confirm')}")
    hours = current_app.config["CONFIRM_LINK_EXPIRES"] // 3600
    about = {"link": link, "hours": hours}
    return make_message(user, "Confirm your address", "confirm", **about)


def write_reset(user):
    """Return a mail with a link to choose a new password."""
    link = frontend_url(f"/reset?token={make_token(user, 'reset')}")
    minutes = current_app.config["RESET_LINK_EXPIRES"] // 60
    about = {"link": link, "minutes": minutes}
    return make_message(user, "Choose a new password", "reset", **about)


def write_due(user):
    """Return the reminder of due words, if there still are some, with a way out."""
    due = ProgressModel.summarize(user)["due"]
    if not due or not user.reminders:
        return None
    path = f"unsubscribe/{user.unsubscribe_token}"
    about = {"due": due, "link": frontend_url("/"), "end": api_url(f"/api/{path}")}
    subject = f"{user.name}, {due} {'word is' if due == 1 else 'words are'} due"
    message = make_message(user, subject, "due", **about)
    # RFC 8058: a mail program shows a button, which sends a POST request to this URL.
    message.extra_headers = {
        "List-Unsubscribe": f"<{about['end']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return message


def make_message(user, subject, template, **about):
    """Return a message to a user, as text and as HTML."""
    about["user"] = user
    return MailMessage(
        # A line break would end the header, and begin one of the writer's choice. A
        # name has none, says its schema; but it may be older than the schema.
        " ".join(subject.split()),
        recipients=[user.email],
        body=render_template(f"mail/{template}.txt", **about),
        html=render_template(f"mail/{template}.html", **about),
    )

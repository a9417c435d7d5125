"""A mail server for development and tests: it keeps what it gets, and sends nothing.

flask mailbox starts it: an SMTP server for the app, and a page for people.
"""

import email
from email import policy
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from flask import Flask, abort, render_template, request

HOST = "127.0.0.1"  # no other computer can reach it


def start_smtp(folder, port):
    """Start the SMTP server, in a thread; it stores each mail in a folder."""
    Controller(Mailbox(folder), hostname=HOST, port=port).start()


def create_page(folder):
    """Create the app that shows what is in the folder."""
    app = Flask(__name__, template_folder="../templates")
    app.json.sort_keys = False

    @app.get("/")
    def index():
        return render_template("mailbox.html", messages=read_messages(folder))

    @app.get("/messages")
    def list_messages():
        return {"messages": read_messages(folder, request.args.get("to"))}

    @app.get("/messages/<key>")
    def show_html(key):
        for message in read_messages(folder):
            if message["key"] == key:
                # No scripts: a mail can contain anything.
                headers = {"Content-Security-Policy": "sandbox allow-popups"}
                return message["html"], headers
        abort(404)

    return app


def read_messages(folder, to=None):
    """Return the messages in a folder, or those to one address, the newest first."""
    files = Path(folder, "new").glob("*")
    files = sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)
    found = [(file.name, parse(file.read_bytes())) for file in files]
    return [describe(*each) for each in found if to in (None, each[1]["To"])]


def parse(content):
    """Return a message as an object."""
    return email.message_from_bytes(content, policy=policy.default)


def describe(key, message):
    """Return what a person, or a test, wants to know about a message."""
    text = message.get_body(["plain"])
    html = message.get_body(["html"])
    return {
        "key": key,
        "headers": {name: str(value) for name, value in message.items()},
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
    }

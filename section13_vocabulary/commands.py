"""Commands for flask: init-db, load-words, grant-admin, worker, mailbox and others."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError, ProgrammingError
from werkzeug.serving import make_server

import mailing
from clock import now
from db import db, expect_tables
from lesson_files import load_lessons
from mailing.mailbox_server import HOST, create_page, start_smtp
from mailing.worker import run_worker
from models import LoginModel, MailModel, NameTaken, ProgressModel, UserModel


@click.command("init-db")
@with_appcontext
def init_db():
    """Create or upgrade the database, load the words, and add the demo user."""
    upgrade()
    load_lessons()
    email = current_app.config["DEMO_EMAIL"]
    if email:
        try:
            password = str(current_app.config["DEMO_PASSWORD"])
            UserModel.add_confirmed(email, "Ana", password)
        except NameTaken:
            pass
    click.echo(f"The database is ready: {db.engine.url.render_as_string()}")


@click.command("load-words")
@with_appcontext
def load_words():
    """Load the lists of words in the folder lessons/ again."""
    check_database()
    click.echo(f"{load_lessons()} words are loaded.")


@click.command("grant-admin")
@click.argument("email")
@with_appcontext
def grant_admin(email):
    """Make a user an admin."""
    set_role(email, "admin")


@click.command("revoke-admin")
@click.argument("email")
@with_appcontext
def revoke_admin(email):
    """Turn an admin back into an ordinary user."""
    set_role(email, "user")


def set_role(email, role):
    """Give a user a role; print an error if there is no such user."""
    check_database()
    if not UserModel.set_role(email.lower(), role):
        raise click.ClickException(f"There is no user with the address {email!r}.")
    click.echo(f"{email} has the role {role}.")


@click.command("send-reminders")
@with_appcontext
def send_reminders():
    """Write a mail to each user with due words, once a day, however often this runs."""
    check_database()
    count = 0
    for user, _ in ProgressModel.users_with_due_words():
        once = f"due-{user.id}-{now():%Y-%m-%d}"
        count += MailModel.add_once("due", user.email, once)
    if count:
        mailing.wake()
    click.echo(f"{count} reminders are written.")


@click.command("purge")
@with_appcontext
def purge():
    """Delete the logins that have expired, and the records of old mail."""
    check_database()
    click.echo(
        f"{LoginModel.purge()} logins and {MailModel.purge()} mails are deleted."
    )


@click.command("worker")
@with_appcontext
def worker():
    """Send the mail, as a process of its own, which Redis wakes."""
    if not current_app.config["REDIS_URL"]:
        message = "REDIS_URL is not set: the processes of the app send the mail."
        raise click.ClickException(message)
    check_database()
    run_worker()


@click.command("mailbox")
@click.option("--smtp-port", default=1025, help="Where the app sends its mail.")
@click.option("--port", default=8025, help="Where a browser shows it.")
@click.option("--folder", help="Where it is kept, if not in the folder instance/.")
@with_appcontext
def mailbox(smtp_port, port, folder):
    """Receive all mail of the app, and show it; for development."""
    folder = folder or f"{current_app.instance_path}/mailbox"
    start_smtp(folder, smtp_port)
    server = make_server(HOST, port, create_page(folder), threaded=True)
    click.echo(f"Receiving mail at {HOST}, port {smtp_port}.")
    click.echo(f"Showing it at http://{HOST}:{server.port} until Ctrl-C.")
    server.serve_forever()


def check_database():
    """Print an error if the database does not respond, or has no tables yet."""
    try:
        expect_tables()
    except (OperationalError, ProgrammingError) as error:
        message = f"The database is not ready. Run flask init-db first. ({error})"
        raise click.ClickException(message) from None


def init_app(app):
    """Add the commands to an app."""
    for command in (
        *(init_db, load_words, grant_admin, revoke_admin),
        *(send_reminders, purge, worker, mailbox),
    ):
        app.cli.add_command(command)

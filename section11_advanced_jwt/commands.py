"""What can be done from the command line, by who may log in to the server."""

from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError, ProgrammingError

from db import db
from models import LoginModel, NameTaken, UserModel


@click.command("init-db")
@with_appcontext
def init_db():
    """Make the database, or bring it up to date, and add the demo user."""
    upgrade()
    # From outside, a password such as 12345678 arrives as a number.
    username = str(current_app.config["DEMO_USERNAME"])
    if username:
        try:
            UserModel.add(username, str(current_app.config["DEMO_PASSWORD"]))
        except NameTaken:
            pass  # added before
    click.echo(f"The database is ready: {db.engine.url.render_as_string()}")


@click.command("grant-admin")
@click.argument("name")
@with_appcontext
def grant_admin(name):
    """Make a user an admin."""
    set_role(name, "admin")
    click.echo(f"{name} is an admin.")


@click.command("revoke-admin")
@click.argument("name")
@with_appcontext
def revoke_admin(name):
    """Make an admin a user like others."""
    set_role(name, "user")
    click.echo(f"{name} is no admin any more.")


def set_role(name, role):
    """Give a user a role, or tell that there is no such user."""
    with ready_database():
        found = UserModel.set_role(name, role)
    if not found:
        raise click.ClickException(f"There is no user named {name!r}.")


@click.command("purge-tokens")
@with_appcontext
def purge_tokens():
    """Forget the logins whose tokens have all expired."""
    with ready_database():
        deleted = LoginModel.purge()
    click.echo(f"{deleted} expired logins are deleted.")


@contextmanager
def ready_database():
    """Tell in a sentence if the database does not answer, or has no tables yet."""
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        reason, *_ = str(error).splitlines()
        raise click.ClickException(
            f"The database is not ready ({reason}). Has flask db upgrade been run?"
        ) from None


def init_app(app):
    """Add our commands to those that the app has."""
    for command in init_db, grant_admin, revoke_admin, purge_tokens:
        app.cli.add_command(command)

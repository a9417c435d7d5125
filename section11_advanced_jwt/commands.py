"""Commands for flask: init-db, grant-admin, revoke-admin and purge-tokens."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError, ProgrammingError

from db import db, expect_tables
from models import LoginModel, NameTaken, UserModel


@click.command("init-db")
@with_appcontext
def init_db():
    """Create or upgrade the database, and add the demo user."""
    upgrade()
    username = current_app.config["DEMO_USERNAME"]
    if username:
        try:
            UserModel.add(str(username), str(current_app.config["DEMO_PASSWORD"]))
        except NameTaken:
            pass
    click.echo(f"The database is ready: {db.engine.url.render_as_string()}")


@click.command("grant-admin")
@click.argument("name")
@with_appcontext
def grant_admin(name):
    """Make a user an admin."""
    set_role(name, "admin")


@click.command("revoke-admin")
@click.argument("name")
@with_appcontext
def revoke_admin(name):
    """Turn an admin back into an ordinary user."""
    set_role(name, "user")


def set_role(name, role):
    """Give a user a role; print an error if there is no such user."""
    check_database()
    if not UserModel.set_role(name, role):
        raise click.ClickException(f"There is no user named {name!r}.")
    click.echo(f"{name} has the role {role}.")


@click.command("purge-tokens")
@with_appcontext
def purge_tokens():
    """Delete the logins whose tokens have expired."""
    check_database()
    click.echo(f"{LoginModel.purge()} expired logins are deleted.")


def check_database():
    """Print an error if the database does not respond, or has no tables yet."""
    try:
        expect_tables()
    except (OperationalError, ProgrammingError) as error:
        message = f"The database is not ready. Run flask db upgrade first. ({error})"
        raise click.ClickException(message) from None


def init_app(app):
    """Add the commands to an app."""
    for command in init_db, grant_admin, revoke_admin, purge_tokens:
        app.cli.add_command(command)

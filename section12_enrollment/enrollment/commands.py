"""Commands for flask: seed and grant-admin."""

import click
from flask import current_app
from flask.cli import with_appcontext

from enrollment import database
from enrollment.models import User, normalize
from enrollment.seed import seed as add_data


@click.command("seed")
@with_appcontext
def seed():
    """Add the courses and, for development, the demo users."""
    with_database()
    courses, users = add_data()
    click.echo(f"The database has the {courses} courses and {users} demo users.")


@click.command("grant-admin")
@click.argument("email")
@with_appcontext
def grant_admin(email):
    """Make a user an admin."""
    with_database()
    if not User.objects(email=normalize(email)).update_one(is_admin=True):
        raise click.ClickException(f"There is no user with the email address {email}.")
    click.echo(f"{email} is an admin.")


def with_database():
    """Create the indexes; print an error if there is no database, or it is down."""
    if not current_app.config["MONGO_URI"]:
        raise click.ClickException("There is no database: set MONGO_URI.")
    try:
        database.create_indexes()
    except database.UNAVAILABLE as error:
        message = f"The database does not respond. ({error})"
        raise click.ClickException(message) from None


def init_app(app):
    """Add the commands to an app."""
    for command in seed, grant_admin:
        app.cli.add_command(command)

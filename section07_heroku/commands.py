"""What can be done from the command line: flask init-db."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from db import db
from models import NameTaken, UserModel


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


def init_app(app):
    """Add our commands to those that the app has."""
    app.cli.add_command(init_db)

"""The command flask init-db."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from db import db
from models import NameTaken, UserModel


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


def init_app(app):
    """Add the command to an app."""
    app.cli.add_command(init_db)

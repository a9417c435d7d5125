"""Run migrations with the database and the models of the app."""

import logging

from alembic import context
from flask import current_app

# Print which migrations run.
logging.basicConfig(format="%(message)s", level=logging.INFO)

migrate = current_app.extensions["migrate"]

with migrate.db.engine.connect() as connection:
    connection.detach()  # from the pool: closed at the end, it is not used again
    lock = "SELECT pg_advisory_xact_lock(0)"
    if connection.dialect.name == "sqlite":
        # SQLite changes a table by copying it and dropping the old one, which must not
        # delete rows of other tables.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.commit()
        lock = "BEGIN IMMEDIATE"
    # A crash undoes the transaction; another process waits, and finds nothing to do.
    connection.exec_driver_sql(lock)
    context.configure(
        connection, target_metadata=migrate.db.metadata, **migrate.configure_args
    )
    context.run_migrations()
    connection.commit()

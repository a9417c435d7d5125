"""Run migrations with the database and the models of the app."""

import logging

from alembic import context
from flask import current_app

# Print which migrations run.
logging.basicConfig(format="%(message)s", level=logging.INFO)

migrate = current_app.extensions["migrate"]

with migrate.db.engine.connect() as connection:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        # SQLite changes a table by copying it and dropping the old one, which must not
        # delete rows of other tables.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.commit()
    # A transaction, which a crash undoes, with a lock: if another process migrates the
    # database at the same time, this one waits, and then finds nothing to do.
    lock = "BEGIN IMMEDIATE" if is_sqlite else "SELECT pg_advisory_xact_lock(0)"
    connection.exec_driver_sql(lock)
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        **migrate.configure_args,
    )
    context.run_migrations()
    connection.commit()
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")

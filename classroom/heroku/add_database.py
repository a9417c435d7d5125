"""Add an empty database: PostgreSQL, or MongoDB to an app that requires its client."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classroom.rehearsal.database import new_database
from classroom.rehearsal.steps import Log
from classroom.server.mongodb import MongoDB

CLIENTS = re.compile(r"^(pymongo|mongoengine)\b", re.IGNORECASE | re.MULTILINE)


@contextmanager
def add_database(log: Log, app: Path) -> Iterator[dict[str, str]]:
    """Yield the config var with the URL of a database for an app, by its name.

    app: the folder of the pushed files. The database is deleted when the with block
    ends. PostgreSQL is an add-on of Heroku's. MongoDB is not: MONGO_URI is set by hand.

    Raises UserError if there can be no database.
    """
    if CLIENTS.search((app / "requirements.txt").read_text("utf-8", "replace")):
        with MongoDB() as server:
            log.add("an empty database on a temporary MongoDB, in the place of Atlas")
            yield {"MONGO_URI": f"{server.url}/rehearsal"}
    else:
        with new_database(log) as url:
            yield {"DATABASE_URL": url}

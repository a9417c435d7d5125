"""Run flask commands of a running section, such as flask db upgrade."""

import os
import re
import shlex

from classroom.display.log import read_log
from classroom.server.notebook_servers import running_server

# Lines that alembic logs in each run, without information for a learner.
NOT_SHOWN = ("Context impl ", "Will assume ", "setting up autogenerate plugin ")
# How its lines begin, as Flask-Migrate sets it up in a new app.
LOGGER = re.compile(r"^INFO +\[[\w.]+\] ")


def show_flask(number: str | int, command: str) -> None:
    """Run a flask command of a section, and show its output.

    Of a line of JSON or of alembic, only the message is shown. Paths are shown relative
    to the section's folder.

    number: the section, which serve() has started; the command uses the same database.
    command: the words after flask, such as "db upgrade".

    Raises UserError if the section is not running, ServerStartError if it fails.
    """
    server = running_server(number)
    output = server.flask(*shlex.split(command)).replace(f"{server.folder}{os.sep}", "")
    print(f"$ flask {command}")
    for line in output.splitlines():
        for entry in read_log(line):
            line = str(entry["message"])
        line = LOGGER.sub("", line)
        if not line.startswith(NOT_SHOWN):
            print(line)

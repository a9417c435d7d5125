"""Run flask commands of a running section, such as flask db upgrade."""

import shlex

from classroom.display.log import read_log
from classroom.server.notebook_servers import running_server

# Lines that alembic logs in each run, without information for a learner.
NOT_SHOWN = ("Context impl ", "Will assume ")


def show_flask(number: str | int, command: str) -> None:
    """Run a flask command of a section, and show its output.

    Of a line of JSON, only the message is shown.

    number: the section, which serve() has started; the command uses the same database.
    command: the words after flask, such as "db upgrade".

    Raises UserError if the section is not running, ServerStartError if it fails.
    """
    output = running_server(number).flask(*shlex.split(command))
    print(f"$ flask {command}")
    for line in output.splitlines():
        for entry in read_log(line):
            line = str(entry["message"])
        if not line.startswith(NOT_SHOWN):
            print(line)

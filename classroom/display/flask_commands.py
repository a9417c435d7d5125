"""Run the commands of a section that runs, such as flask db upgrade."""

import shlex

from classroom.display.log import read_log
from classroom.server.notebook_servers import running_server

# What alembic says of itself each time, and what nobody needs to know.
NOT_SHOWN = ("Context impl ", "Will assume ")


def show_flask(number: str | int, words: str) -> None:
    """Run a command of a section, and show what it prints.

    Of what it logs as JSON, only the message is shown.

    number: the section, which serve() has started: both have the same database.
    words: the command as one would type it behind flask, such as "db upgrade".

    Raises UserError if the section does not run, ServerStartError if the command fails.
    """
    output = running_server(number).flask(*shlex.split(words))
    print(f"$ flask {words}")
    for text in output.splitlines():
        for line in read_log(text):
            text = str(line["message"])
        if not text.startswith(NOT_SHOWN):
            print(text)

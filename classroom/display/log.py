"""Show the lines of JSON that a section logs, as a table."""

import json
import re

from IPython.display import display

from classroom.display.tables import Table
from classroom.server.notebook_servers import running_server

# What is shown of a line; there is more in it.
COLUMNS = ["levelname", "message", "milliseconds", "client", "request_id"]
# What differs each time, and so is masked in a notebook.
UUID = re.compile(r"\w{8}(-\w{4}){3}-\w{12}")
VARYING = {"milliseconds": "…"}


def read_log(output: str) -> list[dict[str, object]]:
    """Return the lines of JSON in the output of a program."""
    lines = []
    for printed in output.splitlines():
        try:
            line = json.loads(printed)
        except ValueError:
            continue
        if isinstance(line, dict):
            lines.append(line)
    return lines


def show_log(number: str | int) -> None:
    """Show what a section has logged since this was last called.

    Times are masked, and so are the ids that it has generated.

    number: the section, which serve() has started.

    Raises UserError if it is not running.
    """
    server = running_server(number)
    output = server.output()
    # What it logs while it starts comes before its URL, and is not shown.
    start = server.shown or output.index(server.address)
    server.shown = len(output)
    display(Table(COLUMNS, [cells(line) for line in read_log(output[start:])]))


def cells(line: dict[str, object]) -> list[str]:
    """Return the cells that show a line, one for each column."""
    shown = line | {name: mask for name, mask in VARYING.items() if name in line}
    return [UUID.sub("(a new one)", str(shown.get(name, ""))) for name in COLUMNS]

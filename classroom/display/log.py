"""Show the JSON log of a section as a table."""

import json

from IPython.display import display

from classroom.display.masks import is_stable, stabilize_ids
from classroom.display.tables import Table
from classroom.server.notebook_servers import running_server

# The fields that are shown; a line has more.
COLUMNS = ["levelname", "message", "milliseconds", "client", "request_id"]
# These differ in each run, so they are masked if outputs are stable.
VARYING = {"milliseconds": "…"}


def read_log(output: str) -> list[dict[str, object]]:
    """Return the JSON objects among the lines of a program's output."""
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

    number: the section, which serve() has started.

    Raises UserError if it is not running.
    """
    server = running_server(number)
    output = server.output()
    # The lines of its start come before its URL, and are not shown.
    start = server.shown or output.index(server.address)
    server.shown = len(output)
    display(Table(COLUMNS, [cells(line) for line in read_log(output[start:])]))


def cells(line: dict[str, object]) -> list[str]:
    """Return the cells of a line, one for each column."""
    masks = VARYING if is_stable() else {}
    shown = line | {name: mask for name, mask in masks.items() if name in line}
    return [stabilize_ids(str(shown.get(name, "")), "(a new UUID)") for name in COLUMNS]

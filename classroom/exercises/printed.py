"""What a student's code has printed, among the other output of its server."""

import re

from classroom.display.log import read_log
from classroom.display.sql import LOG

# How flask run begins the line of a request. Behind a proxy, the address is not ours.
REQUEST = r"[\d.]+ - - \["
# A traceback, or what print_stacks() writes, up to the log of the next request.
STACKS = re.compile(
    rf"^(Traceback \(|(Current thread|Thread) 0x)(.|\n)*?(?=^{REQUEST}|\Z)",
    re.MULTILINE,
)
# A statement that SQLAlchemy logs, in several lines, up to the log of its parameters.
STATEMENT = re.compile(
    rf"{LOG}(?!\[|BEGIN|COMMIT|ROLLBACK)(.|\n)*?(?={LOG})", re.MULTILINE
)
# Lines of flask run, of the log of the app, of alembic, and of SQLAlchemy.
LOGGED = re.compile(
    rf" \* |WARNING: This is a dev|Press CTRL|{REQUEST}|\[\d{{4}}-.+\] \w+ in "
    r"|\w+ +\[[\w.]+\] |\d{4}-\S+ \S+ INFO sqlalchemy"
)
COLOURS = re.compile(r"\x1b\[[\d;]*m")
MOST_LINES = 20
LONGEST_LINE = 200  # characters


def read_printed(output: str) -> str:
    """Return what a student's code has printed; of many lines, the first ones."""
    text = STATEMENT.sub("", STACKS.sub("", COLOURS.sub("", output)))
    lines = [
        line[:LONGEST_LINE]
        for line in text.splitlines()
        if line.strip() and not LOGGED.match(line) and not is_logged_as_json(line)
    ]
    left_out = len(lines) - MOST_LINES
    more = [f"… and {left_out} more lines"] if left_out > 0 else []
    return "\n".join(lines[:MOST_LINES] + more)


def is_logged_as_json(line: str) -> bool:
    """Return whether a line is from a log in JSON."""
    return any("levelname" in entry for entry in read_log(line))

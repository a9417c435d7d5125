"""Show the SQL that a section sends to its database."""

import re

from IPython.display import display

from classroom.display.code import Code
from classroom.display.masks import hide_hashes
from classroom.errors import UserError
from classroom.server.notebook_servers import running_server

# With SQLALCHEMY_ECHO, SQLAlchemy logs each statement, and then its parameters.
LOG = r"^\S+ \S+ INFO sqlalchemy\.engine\.Engine "
REQUEST = r"^127\.0\.0\.1 |^{"  # how a line about a request begins, or one of JSON
ENTRY = re.compile(rf"{LOG}(.*?)(?={LOG}|{REQUEST}|\Z)", re.MULTILINE | re.DOTALL)
PARAMETERS = re.compile(r"\[[^]]*\] (.*)", re.DOTALL)
NOT_SHOWN = ("BEGIN", "ROLLBACK", "PRAGMA")


def read_statements(output: str) -> list[str]:
    """Return the statements in a server's output, with parameters as comments."""
    statements: list[str] = []
    for entry in ENTRY.findall(output):
        parameters = PARAMETERS.fullmatch(entry.strip())
        if parameters is None:
            statements.append("\n".join(map(str.rstrip, entry.strip().splitlines())))
        elif statements and parameters[1] != "()":
            statements[-1] += f"\n-- parameters: {parameters[1]}"
    return [each for each in statements if not each.startswith(NOT_SHOWN)]


def new_statements(number: str | int) -> list[str]:
    """Return the SQL that a section has sent since this was last called.

    number: the section; it was started with serve("06", SQLALCHEMY_ECHO=True).

    Raises UserError if it was started without that setting.
    """
    server = running_server(number)
    if not server.settings.get("SQLALCHEMY_ECHO"):
        raise UserError(
            f'Start it with serve("{number}", SQLALCHEMY_ECHO=True) to log its SQL.'
        )
    output = server.output()
    # The statements of its start come before its URL, and are not shown.
    start = server.shown or output.index(server.address)
    server.shown = len(output)
    return read_statements(output[start:])


def show_sql(number: str | int) -> None:
    """Show the SQL that a section has sent since this was last called.

    number: the section; it was started with serve("06", SQLALCHEMY_ECHO=True).

    Raises UserError if it was started without that setting.
    """
    display(format_statements(new_statements(number)))


def format_statements(statements: list[str]) -> Code:
    """Return statements as code, with their number; COMMIT is not counted."""
    count = sum(statement != "COMMIT" for statement in statements)
    plural = "" if count == 1 else "s"
    code = hide_hashes("\n\n".join(statements))
    return Code(f"{count} statement{plural}", "sql", code)

"""Show why a request to an app of one's own was a 500."""

import re
from pathlib import Path

from IPython.display import display

from classroom.display.code import Code
from classroom.errors import UserError
from classroom.server.notebook_servers import running_server

TRACEBACK = "Traceback (most recent call last):\n"
FRAME = re.compile(r'^  File "(.+)", line (\d+), in (\S+)\n(    \S.*)?', re.MULTILINE)
MESSAGE = re.compile(r"^(?!During|The above|Traceback)\w[\w.]*.*", re.MULTILINE)


def read_error(folder: Path, output: str) -> list[str]:
    """Return the last error in a server's output: where it was, and its message.

    Of its traceback, only the lines of files in the folder are returned: the others are
    of the libraries that call them, or that they call.

    Raises UserError if there is no error.
    """
    _, found, traceback = output.rpartition(TRACEBACK)
    message = MESSAGE.search(traceback)
    if not found or message is None:
        raise UserError("The server has not logged an error.")
    lines = []
    for file, number, function, code in FRAME.findall(traceback):
        if Path(file).is_relative_to(folder):
            name = Path(file).relative_to(folder).as_posix()
            lines += [f"{name}, line {number}, in {function}", code]
    return [*lines, message[0]]


def show_error(number: str | int) -> None:
    """Show the error that a server has logged last, such as for a response with 500.

    number: the section, or your own folder, which serve() has started.

    Raises UserError if it is not running, or has not logged an error.
    """
    server = running_server(number)
    lines = read_error(server.folder, server.output())
    display(Code("The last error in the log", "text", "\n".join(lines)))

"""The errors that are meant for the user."""

import re
from pathlib import Path

TRACEBACK_PLACE = re.compile(r'^\s*File "(.+)", line (\d+)', re.MULTILINE)


class UserError(Exception):
    """An error that the user can correct; its message says how.

    The commands print the message without a traceback, and so does a notebook, since
    the error renders itself.
    """

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows: the message, without a traceback."""
        return str(self).splitlines()


def find_place(folder: Path, output: str) -> str:
    """Return the last line of a folder's files in tracebacks: "app.py, line 12"."""
    place = ""
    for file, line in TRACEBACK_PLACE.findall(output):
        if Path(file).is_relative_to(folder):
            place = f"{Path(file).relative_to(folder)}, line {line}"
    return place


class ServerStartError(UserError):
    """A server ended, or took too long, before it accepted requests.

    folder: where it was started; ended: whether it ended.
    failure: what went wrong, after the name of the folder: "does not start".
    output: all that it printed.
    what: the last line of the output; for a Python error, the message.
    place: the last file and line of the folder in the traceback, such as
        "app.py, line 12"; empty if the output names none.
    """

    def __init__(
        self, folder: Path, output: str, ended: bool, failure: str = "does not start"
    ) -> None:
        self.output = output
        self.failure = failure
        lines = [line for line in output.splitlines() if line.strip()]
        self.what = "it did not print its URL in time"
        if ended:
            self.what = lines[-1].strip() if lines else "it ended without any output"
        self.place = find_place(folder, output)
        where = f" ({self.place})" if self.place else ""
        last_lines = "\n".join(f"    {line}" for line in lines[-12:])
        super().__init__(
            f"{folder.name} {failure}: {self.what}{where}\n\n"
            f"The last lines of its output:\n{last_lines}"
        )

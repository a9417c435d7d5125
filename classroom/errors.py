"""The errors that are meant for the person at the keyboard."""

import re
from pathlib import Path

TRACEBACK_ERROR = re.compile(r"^([\w.]+(?:Error|Exception|Exit|Warning)\b.*)$", re.M)
TRACEBACK_PLACE = re.compile(r'^\s*File "(.+)", line (\d+)', re.MULTILINE)


class UserError(Exception):
    """Something a person can put right; its text says what is wrong and what to do.

    The commands print it as it is, and so does a notebook, which shows the text of
    an error instead of a traceback if the error knows how to render itself.
    """

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows: the text alone, no traceback."""
        return str(self).splitlines()


def find_place(folder: Path, output: str) -> str:
    """Return the last file and line of a folder in tracebacks: "app.py, line 12"."""
    place = ""
    for file, line in TRACEBACK_PLACE.findall(output):
        if Path(file).is_relative_to(folder):
            place = f"{Path(file).relative_to(folder)}, line {line}"
    return place


def find_error(folder: Path, output: str) -> str:
    """Return the last error that a server printed, and where; "" if there is none."""
    errors = TRACEBACK_ERROR.findall(output)
    return f"{errors[-1]} ({find_place(folder, output)})" if errors else ""


class ServerStartError(UserError):
    """A server ended, or said nothing, before it could be asked anything.

    folder: where it was started; output: all that it printed; ended: whether it has.
    trouble: what is wrong with it, if not that it "does not start".
    what: the last line of the output: with a Python error, what went wrong.
    place: the last file and line of the folder on the way to the error, such as
        "app.py, line 12"; empty if the output names none.
    """

    def __init__(
        self, folder: Path, output: str, ended: bool, trouble: str = "does not start"
    ) -> None:
        self.trouble = trouble
        lines = [line for line in output.splitlines() if line.strip()]
        self.what = "it has not said in time where it is to be found"
        if ended:
            self.what = lines[-1].strip() if lines else "it ends and prints nothing"
        self.place = find_place(folder, output)
        where = f" ({self.place})" if self.place else ""
        last_lines = "\n".join(f"    {line}" for line in lines[-12:])
        super().__init__(
            f"{folder.name} {trouble}: {self.what}{where}\n\n"
            f"Its last lines of output:\n{last_lines}"
        )

"""Mistakes to make on purpose, in the clone only."""

import re
from pathlib import Path

from classroom.errors import UserError
from classroom.rehearsal.git import Change

SECOND_HEAD = '''\
"""Another developer's migration, which follows 0001, as 0002 already does."""

revision = "0099"
down_revision = "0001"


def upgrade():
    pass
'''


def replace(file: Path, pattern: str, replacement: str) -> None:
    """Replace every match of a pattern in a file; raise UserError if there is none."""
    changed, count = re.subn(
        pattern, replacement, file.read_text("utf-8"), flags=re.MULTILINE
    )
    if not count:
        raise UserError(
            f"There is nothing in {file.name} that this breakage can change."
        )
    file.write_text(changed, "utf-8")


def remove_procfile(folder: Path) -> None:
    """Remove the file that says how to start the app."""
    (folder / "Procfile").unlink()


def remove_requirements(folder: Path) -> None:
    """Remove the file that says what to install."""
    (folder / "requirements.txt").unlink()


def require_unknown_package(folder: Path) -> None:
    """Require a package that does not exist."""
    replace(folder / "requirements.txt", r"\A", "flask-for-sure==9.9\n")


def forget_a_requirement(folder: Path) -> None:
    """Remove a package that the app imports, and no other package requires."""
    replace(folder / "requirements.txt", "^flask-smorest.*\n", "")


def add_a_second_head(folder: Path) -> None:
    """Add a second migration after 0001, so that there are two heads."""
    file = folder / "migrations" / "versions" / "0099_second_head.py"
    file.write_text(SECOND_HEAD, "utf-8")


def serve_unknown_function(folder: Path) -> None:
    """Make gunicorn call a function that the app does not have."""
    replace(folder / "Procfile", r"app:create_app\(\)", "app:make_app()")


def serve_other_port(folder: Path) -> None:
    """Make gunicorn listen on another port than the router uses."""
    replace(folder / "Procfile", "gunicorn", "gunicorn --bind 127.0.0.1:0")


def remove_web(folder: Path) -> None:
    """Remove the process type that receives requests."""
    replace(folder / "Procfile", "^web:.*\n?", "")


BREAKAGES: dict[str, Change] = {
    "no Procfile": remove_procfile,
    "no requirements.txt": remove_requirements,
    "a requirement does not exist": require_unknown_package,
    "a requirement is missing": forget_a_requirement,
    "the release fails": add_a_second_head,
    "no web process": remove_web,
    "the web process ends": serve_unknown_function,
    "the port is not bound": serve_other_port,
}


def find_breakage(name: str) -> Change:
    """Return a breakage by its name; raise UserError if there is none."""
    if name not in BREAKAGES:
        names = ", ".join(BREAKAGES)
        raise UserError(f"There is no breakage {name!r}. The breakages are: {names}.")
    return BREAKAGES[name]

"""What may be wrong with a section, to be tried on purpose, in the clone only."""

import re
from pathlib import Path

from classroom.errors import UserError
from classroom.heroku.git import Change

SECOND_HEAD = '''\
"""Somebody else's migration: it follows the first one, as another one does already."""

revision = "0099"
down_revision = "0001"


def upgrade():
    pass
'''


def replace(file: Path, pattern: str, text: str) -> None:
    """Replace what matches a pattern in each line of a file; expect that some does."""
    changed, count = re.subn(pattern, text, file.read_text("utf-8"), flags=re.MULTILINE)
    if not count:
        raise UserError(f"{file.name} is not as this breakage expects it.")
    file.write_text(changed, "utf-8")


def remove_procfile(folder: Path) -> None:
    """Leave out what says how to start the app."""
    (folder / "Procfile").unlink()


def remove_requirements(folder: Path) -> None:
    """Leave out what says what to install."""
    (folder / "requirements.txt").unlink()


def require_what_is_not_there(folder: Path) -> None:
    """Require a package that does not exist."""
    replace(folder / "requirements.txt", r"\A", "flask-for-sure==9.9\n")


def forget_a_requirement(folder: Path) -> None:
    """Leave out a package that the app imports, and other packages do not."""
    replace(folder / "requirements.txt", "^flask-smorest.*\n", "")


def add_a_second_head(folder: Path) -> None:
    """Add a migration beside another one: which one is the last?"""
    file = folder / "migrations" / "versions" / "0099_second_head.py"
    file.write_text(SECOND_HEAD, "utf-8")


def serve_what_is_not_there(folder: Path) -> None:
    """Have gunicorn call a function that the app does not have."""
    replace(folder / "Procfile", r"app:create_app\(\)", "app:make_app()")


def serve_at_another_port(folder: Path) -> None:
    """Have gunicorn listen elsewhere than where the router asks."""
    replace(folder / "Procfile", "gunicorn", "gunicorn --bind 127.0.0.1:0")


def remove_web(folder: Path) -> None:
    """Leave out the process type that answers requests."""
    replace(folder / "Procfile", "^web:.*\n?", "")


BREAKAGES: dict[str, Change] = {
    "no Procfile": remove_procfile,
    "no requirements.txt": remove_requirements,
    "a requirement does not exist": require_what_is_not_there,
    "a requirement is missing": forget_a_requirement,
    "the release fails": add_a_second_head,
    "no web process": remove_web,
    "the web process ends": serve_what_is_not_there,
    "the port is not bound": serve_at_another_port,
}


def find_breakage(name: str) -> Change:
    """Return a breakage by its name; raise UserError if there is none."""
    if name not in BREAKAGES:
        names = ", ".join(BREAKAGES)
        raise UserError(f"There is no breakage {name!r}. The breakages are: {names}.")
    return BREAKAGES[name]

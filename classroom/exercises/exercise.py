"""The exercises: each is a folder in notebooks/exercises, such as 06.3."""

import re
from dataclasses import dataclass
from pathlib import Path

from classroom.errors import UserError
from classroom.sections import NOTEBOOKS, Section, find_section, own_folder

FOLDER = NOTEBOOKS / "exercises"

# What an exercise asks for: how the first line of its task.md begins.
KINDS = [
    *("Send requests", "Predict", "Write a query", "Add a route", "Add a feature"),
    *("Fix a bug", "Write a test", "Make it secure", "Make it faster"),
]


@dataclass(frozen=True)
class Exercise:
    """An exercise, and what its files say.

    name: its section and its number, such as "06.3".
    kind: one of KINDS; title: a few words.
    task: what to do, in Markdown; hints: from vague to nearly the solution.
    reason: why the solution is as it is, in Markdown.
    folder: where all this is.
    """

    name: str
    kind: str
    title: str
    task: str
    hints: list[str]
    reason: str
    folder: Path

    @property
    def section(self) -> Section:
        """The section that it belongs to."""
        return find_section(self.name[:2])

    @property
    def own_folder(self) -> Path:
        """Where a student works on it, even if there is no such folder yet."""
        return own_folder("exercises") / self.name

    @property
    def is_script(self) -> bool:
        """Whether its work is the code of a notebook's cell, and no app."""
        return (self.folder / "solution.py").exists()

    @property
    def solution(self) -> str:
        """The code of a cell, or the changes to the starting files."""
        name = "solution.py" if self.is_script else "solution.diff"
        return (self.folder / name).read_text(encoding="utf-8")

    def __str__(self) -> str:
        return f"{self.name} {self.kind}: {self.title}"


def read_exercise(folder: Path) -> Exercise:
    """Return the exercise in a folder.

    Raises ValueError if its task.md does not begin with '# Kind: title'.
    """

    def read(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    heading, _, task = read("task.md").partition("\n")
    kind, _, title = heading.removeprefix("# ").partition(": ")
    if kind not in KINDS or not title:
        raise ValueError(f"{folder.name}/task.md must begin with '# Kind: title'.")
    hints = re.split(r"^\d\. +", read("hints.md"), flags=re.MULTILINE)[1:]
    hints = [" ".join(hint.split()) for hint in hints]
    return Exercise(
        folder.name, kind, title, task.strip(), hints, read("solution.md"), folder
    )


def all_exercises() -> list[Exercise]:
    """Return all exercises, by section and number."""
    folders = sorted(FOLDER.glob("[0-9][0-9].[0-9]"))
    return [read_exercise(folder) for folder in folders]


def find_exercise(wanted: str | float) -> Exercise:
    """Return one exercise: "06.3", or "6.3".

    Raises UserError, which lists those of its section, if there is no such exercise.
    """
    name = str(wanted).strip().rjust(4, "0")
    exercises = {exercise.name: exercise for exercise in all_exercises()}
    if name in exercises:
        return exercises[name]
    names = [each for each in exercises if each.startswith(name[:3])]
    known = f" Section {name[:2]} has {', '.join(names)}." if names else ""
    raise UserError(f"There is no exercise {str(wanted)!r}.{known}")

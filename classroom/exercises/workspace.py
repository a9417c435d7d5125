"""The files that a student works on: my/exercises/06.3, for exercise 06.3."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from classroom.errors import UserError
from classroom.exercises.exercise import Exercise
from classroom.sections import LEFTOVERS, section_files

TASK = "TASK.md"
SCRIPT = "work.py"  # the file of an exercise that is the code of a notebook's cell


def prepare(exercise: Exercise) -> bool:
    """Make the student's files of an exercise; return whether they are new.

    Files that exist already stay as they are.
    """
    if exercise.own_folder.exists():
        return False
    write_start(exercise, exercise.own_folder)
    return True


def write_start(exercise: Exercise, folder: Path) -> None:
    """Write the files that an exercise starts with into a new folder.

    They are those of the section with the changes in start.diff; or start.py.
    """
    if exercise.is_script:
        folder.mkdir(parents=True)
        shutil.copy(exercise.folder / "start.py", folder / SCRIPT)
    else:
        leave_out = shutil.ignore_patterns(*LEFTOVERS)
        shutil.copytree(exercise.section.folder, folder, ignore=leave_out)
        start = exercise.folder / "start.diff"
        if start.exists():
            apply_changes(start, folder)
    task = f"# {exercise}\n\n{exercise.task}\n"
    (folder / TASK).write_text(task, encoding="utf-8")


def write_solution(exercise: Exercise, folder: Path) -> None:
    """Solve an exercise in a folder with the files that it starts with."""
    if exercise.is_script:
        shutil.copy(exercise.folder / "solution.py", folder / SCRIPT)
    else:
        apply_changes(exercise.folder / "solution.diff", folder)


def apply_changes(changes: Path, folder: Path) -> None:
    """Apply a file with changes, as git diff prints them, to the files in a folder.

    Raises UserError if the files have other lines than those to be changed.
    """
    if shutil.which("git") is None:
        raise UserError("Exercises need git: install it, from git-scm.com.")
    # Without this, git would look for a repository in the folders above.
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(
        ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", changes],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        where = f"{changes.parent.name}/{changes.name}"
        raise UserError(f"{where} cannot be applied: {done.stderr.strip()}")


def is_untouched(exercise: Exercise) -> bool:
    """Return whether a student has not changed the files of an exercise yet."""
    with tempfile.TemporaryDirectory() as temporary:
        start = Path(temporary) / exercise.name
        write_start(exercise, start)
        return read_files(start) == read_files(exercise.own_folder)


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the contents of the files in a folder, by their paths in it."""
    return {name: path.read_bytes() for name, path in section_files(folder).items()}

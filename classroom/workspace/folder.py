"""Make a learner's own folder, and keep its lessons up to date."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from classroom.errors import UserError
from classroom.notebooks.execute import FIRST_NOTEBOOK, find_notebooks, read_notebook
from classroom.sections import (
    NOTEBOOKS,
    ROOT,
    copy_section,
    find_section,
    own_copy,
    own_folder,
)
from classroom.workspace.lessons import (
    is_touched,
    move_away,
    read_copy,
    update_lesson,
)

README = """\
# My work

This folder is yours: `learn.py` adds to it, and changes nothing that you have changed.

- `notebooks/`: the lessons. Your answers and experiments stay in them.
- `section03_basics/` and so on: your copies of sections, made by `copy_section("03")`.
- `exercises/`: your work on the exercises; `progress.json`: which ones are done.
- `old/`: what `learn.py reset` has replaced.

It is a git repository of its own. To keep your work somewhere else too, commit it,
make an empty repository on GitHub, and push:

    git add --all && git commit -m "Lesson 3"
    git remote add origin URL-OF-YOUR-REPOSITORY
    git push -u origin main
"""
IGNORED = """\
__pycache__/
.ipynb_checkpoints/
.pytest_cache/
.venv/
instance/
"""
# The author of the first commit, where git has none in its settings.
AUTHOR = {"user.name": "A learner", "user.email": "learner@localhost"}


def make_workspace() -> list[str]:
    """Make the learner's folder if there is none; copy new and changed lessons into it.

    Return sentences for the learner: what is new, or could not be done.

    Raises UserError if the folder cannot be written.
    """
    workspace = own_folder("")
    try:
        said = copy_lessons(workspace)
        is_new = not (workspace / ".git").exists()
        if is_new:
            (workspace / "README.md").write_text(README, encoding="utf-8")
            (workspace / ".gitignore").write_text(IGNORED, encoding="utf-8")
            said += start_repository(workspace)
    except OSError as error:
        message = f"Your folder {workspace} cannot be written: {error.strerror}."
        raise UserError(message) from None
    return said


def make_presentation() -> list[str]:
    """Make a folder with fresh copies of the lessons, for a projector.

    The notes for instructors are in it. Everything from the last time is deleted, with
    the copies of sections: no demonstration depends on an earlier one.
    """
    workspace = ROOT / "build" / "presentation"
    shutil.rmtree(workspace, ignore_errors=True)
    os.environ["CLASSROOM_MY"] = str(workspace)  # for the kernels of the notebooks
    return copy_lessons(workspace, notes=True)


def copy_lessons(workspace: Path, notes: bool = False) -> list[str]:
    """Copy the lessons and their pictures into a folder; return what is new in it."""
    folder = workspace / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    pictures = "pictures"
    shutil.copytree(NOTEBOOKS / pictures, folder / pictures, dirs_exist_ok=True)
    said = [update_lesson(lesson, folder, notes) for lesson in find_notebooks([])]
    return [sentence for sentence in said if sentence]


def start_repository(workspace: Path) -> list[str]:
    """Make a folder a git repository with one commit; return what could not be done."""
    if shutil.which("git") is None:
        return ["There is no git on this machine, so your folder has no history."]
    git(workspace, "init", "--quiet", "--initial-branch", "main")
    git(workspace, "add", "--all")
    author = []
    if not git(workspace, "config", "user.email"):
        author = [part for pair in AUTHOR.items() for part in ("-c", "=".join(pair))]
    git(workspace, *author, "commit", "--quiet", "--message", "Begin")
    return []


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, and return what it prints."""
    # The variables GIT_… of this process could name another repository.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True)
    return done.stdout.decode(errors="replace").strip()


def reset(number: str) -> list[str]:
    """Replace a learner's lesson, and copy of its section, with fresh ones.

    number: the section; "00" for the first lesson. The apps that were written in the
    lesson are put away, too. Nothing is deleted: everything is moved into old/. Return
    sentences that say where it is.

    Raises UserError if there is no such section.
    """
    [lesson] = find_notebooks([number])
    workspace = own_folder("")
    said = []
    copy = workspace / "notebooks" / lesson.name
    found = read_copy(copy)
    if found is None or is_touched(found):
        said = put_away(copy, workspace)
    if lesson != FIRST_NOTEBOOK:
        old_copy = put_away(own_copy(find_section(number)), workspace)
        if old_copy:
            copy_section(number)
        said += old_copy
    for name in made_folders(lesson):
        said += put_away(own_folder(name), workspace)
    copy_lessons(workspace)
    return said


def made_folders(lesson: Path) -> list[str]:
    """Return the names of the folders that a lesson makes with new_folder()."""
    code = "\n".join(cell.source for cell in read_notebook(lesson).cells)
    return re.findall(r'\bnew_folder\("(\w+)"\)', code)


def put_away(path: Path, workspace: Path) -> list[str]:
    """Move a file or a folder into old/, if there is one; return where it is now."""
    if not path.exists():
        return []
    moved = move_away(path, workspace).relative_to(workspace).as_posix()
    return [f"Your {path.name} is now my/{moved}."]

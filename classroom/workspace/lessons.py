"""A learner's copies of the lessons, without outputs that would answer predictions."""

import hashlib
import json
import os
import re
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from classroom.sections import ROOT

# The metadata of a copy: the digest of the lesson that it is a copy of.
LESSON = "lesson"


def fresh_copy(lesson: Path, folder: Path, notes: bool = False) -> NotebookNode:
    """Return a lesson without outputs, with links that work in another folder.

    folder: where it will be; notes: whether to show the notes for instructors.
    """
    notebook: NotebookNode = nbformat.read(lesson, as_version=4)
    root = Path(os.path.relpath(ROOT, folder)).as_posix()
    cells = []
    for cell in notebook.cells:
        note = cell.metadata.pop("instructor", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = re.sub(r"\]\(\.\./", f"]({root}/", cell.source)
        cells.append(cell)
        if notes and note:
            cells.append(
                nbformat.v4.new_markdown_cell(as_text(note), id=f"{cell.id}-n")
            )
    notebook.cells = cells
    notebook.metadata[LESSON] = digest(notebook)
    return notebook


def as_text(note: dict[str, object]) -> str:
    """Return a note for instructors in Markdown."""
    lines = [f"**For the instructor, {note['minutes']} minutes.**"]
    lines += [f"*Ask:* {note['ask']}"] if "ask" in note else []
    lines += [f"*Learners often* {note['mistake']}"] if "mistake" in note else []
    return "\n".join(f"> {line}  " for line in lines)


def digest(notebook: NotebookNode) -> str:
    """Return a digest of the cells of a notebook, without their outputs."""
    cells = [[cell.cell_type, cell.source] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def is_touched(notebook: NotebookNode) -> bool:
    """Return whether a learner has changed a copy of a lesson, or run a cell of it."""
    ran = any(cell.get("execution_count") for cell in notebook.cells)
    return ran or digest(notebook) != notebook.metadata.get(LESSON)


def update_lesson(lesson: Path, folder: Path, notes: bool = False) -> str:
    """Copy a lesson into a folder, and never overwrite what a learner has done.

    An untouched copy of an older lesson is replaced. A touched one is kept, and the new
    lesson is put beside it: then the result is a sentence that says so, else "".
    """
    copy = folder / lesson.name
    fresh = fresh_copy(lesson, folder, notes)
    if not copy.exists() or replaceable(copy, fresh):
        nbformat.write(fresh, copy)
        return ""
    beside = copy.with_name(f"{lesson.stem}.new.ipynb")
    if is_copy_of(copy, fresh) or is_copy_of(beside, fresh):
        return ""
    if beside.exists() and not replaceable(beside, fresh):
        move_away(beside, folder.parent)
    nbformat.write(fresh, beside)
    return (
        f"There is a newer version of {copy.name}: it is in {beside.name}. Your own "
        "file stays as it is."
    )


def is_copy_of(path: Path, fresh: NotebookNode) -> bool:
    """Return whether a file is a copy, touched or not, of a lesson as it is today."""
    found = read_copy(path)
    return found is not None and found.metadata.get(LESSON) == fresh.metadata[LESSON]


def replaceable(path: Path, fresh: NotebookNode) -> bool:
    """Return whether a file is an untouched copy of another version of a lesson."""
    found = read_copy(path)
    return found is not None and not is_touched(found) and not is_copy_of(path, fresh)


def read_copy(path: Path) -> NotebookNode | None:
    """Return a notebook, or None if there is none that can be read."""
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
        return notebook
    except (OSError, ValueError, nbformat.ValidationError):
        return None


def move_away(path: Path, workspace: Path) -> Path:
    """Move a file or folder of a workspace into its folder old/; return where it is."""
    day = time.strftime("%Y-%m-%d")
    number = 1
    while (target := workspace / "old" / f"{day}-{number}" / path.name).exists():
        number += 1
    target.parent.mkdir(parents=True, exist_ok=True)
    return path.rename(target)

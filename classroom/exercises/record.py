"""For authors: write start.diff or solution.diff from the files in my/exercises.

.venv/bin/python -m classroom.exercises.record 06.4 start
.venv/bin/python -m classroom.exercises.record 06.4 solution
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from classroom.exercises.exercise import find_exercise
from classroom.exercises.workspace import TASK, apply_changes
from classroom.sections import LEFTOVERS


def record(name: str, part: str) -> None:
    """Write the changes of the files in my/exercises into the folder of an exercise.

    part: "start" for changes to the section, "solution" for those to its start.
    """
    exercise = find_exercise(name)
    start = exercise.folder / "start.diff"
    with tempfile.TemporaryDirectory() as temporary:
        before, after = Path(temporary) / "a", Path(temporary) / "b"
        leave_out = shutil.ignore_patterns(*LEFTOVERS, TASK)
        shutil.copytree(exercise.section.folder, before, ignore=leave_out)
        if part == "solution" and start.exists():
            apply_changes(start, before)
        shutil.copytree(exercise.own_folder, after, ignore=leave_out)
        command = ["git", "diff", "--no-index", "--no-prefix", "a", "b"]
        changes = subprocess.run(
            command, cwd=temporary, capture_output=True, encoding="utf-8"
        ).stdout
    # The ids of files say nothing to a reader.
    lines = [line for line in changes.splitlines() if not line.startswith("index ")]
    text = "".join(f"{line}\n" for line in lines)
    (exercise.folder / f"{part}.diff").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    record(*sys.argv[1:])

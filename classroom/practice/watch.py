"""Check an exercise whenever one of its files is saved."""

import time
from pathlib import Path
from typing import Protocol

from classroom.errors import UserError
from classroom.exercises.exercise import Exercise, find_exercise
from classroom.exercises.finding import Finding, Findings
from classroom.practice.checking import check_files
from classroom.practice.progress import begin
from classroom.sections import own_folder, section_files

INTERVAL = 0.2  # seconds between two looks at the files

# When each file was changed the last time, and its size, by its path.
Snapshot = dict[Path, tuple[int, int]]


class Listener(Protocol):
    """Receives the saved files, and the findings of the checks that follow."""

    def on_change(self, exercise: Exercise, files: list[str]) -> None:
        """Files of an exercise have changed; it is going to be checked."""

    def on_checked(
        self, exercise: Exercise, findings: Findings, last: Findings | None
    ) -> None:
        """An exercise was checked; last: the findings of its last check, if any."""


def take_snapshot() -> Snapshot:
    """Return the state of all files that students work on."""
    files: Snapshot = {}
    for path in section_files(own_folder("exercises")).values():
        try:
            status = path.stat()
        except FileNotFoundError:  # an editor has just replaced it
            continue
        files[path] = (status.st_mtime_ns, status.st_size)
    return files


def find_changes(before: Snapshot, after: Snapshot) -> dict[str, list[str]]:
    """Return the files that are new, different or gone, by the folder they are in.

    The files of a folder that is new are left out: they are still untouched.
    """
    folder = own_folder("exercises")
    changes: dict[str, list[str]] = {}
    known = {path.relative_to(folder).parts[0] for path in before}
    for path in sorted(before.keys() | after.keys()):
        name, *rest = path.relative_to(folder).parts
        if name in known and before.get(path) != after.get(path):
            changes.setdefault(name, []).append("/".join(rest))
    return changes


def watch(listener: Listener) -> None:
    """Check each exercise whose files change, until there is a KeyboardInterrupt."""
    last: dict[str, Findings] = {}
    before = take_snapshot()
    while True:
        time.sleep(INTERVAL)
        after = take_snapshot()
        for name, files in find_changes(before, after).items():
            try:
                exercise = find_exercise(name)
            except UserError:  # a folder of another name
                continue
            begin(exercise)
            listener.on_change(exercise, files)
            findings = check_files(exercise)
            listener.on_checked(exercise, findings, last.get(name))
            last[name] = findings
        before = after


def finding_key(finding: Finding) -> str:
    """Return what a finding is about, which stays the same from check to check."""
    return finding.text.partition(" (")[0]


def done_before(findings: Findings | None) -> dict[str, bool]:
    """Return what an earlier check's findings were about, and whether each was done."""
    return {finding_key(finding): finding.done for finding in findings or []}

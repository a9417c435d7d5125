"""Clone the repository: a deployment only gets what is committed."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from classroom.errors import UserError
from classroom.rehearsal.programs import find_program, run_program
from classroom.rehearsal.steps import Listener, Log
from classroom.sections import LEFTOVERS

Change = Callable[[Path], None]

NO_REPOSITORY = (
    "There is no git repository here, and a deployment only gets what is committed: "
    "download this repository with 'git clone', not as a ZIP file."
)
NO_SUBTREE = (
    "This git has no subtree command: install it, with 'sudo dnf install git-subtree' "
    "on Fedora, or 'apk add git-subtree' on Alpine."
)
SETTINGS = {
    "core.hooksPath": os.devnull,  # the reader's own hooks must not run
    "advice.detachedHead": "false",
    "gc.auto": "0",  # nothing runs in the background
    "maintenance.auto": "false",
    "commit.gpgsign": "false",
    "user.name": "rehearsal",  # the author of changes to the clone
    "user.email": "rehearsal@localhost",
}


def git_environment() -> dict[str, str]:
    """Return the environment of git, without GIT_* variables of this process."""
    found = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    found |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    found["GIT_CONFIG_COUNT"] = str(len(SETTINGS))
    for number, (name, value) in enumerate(SETTINGS.items()):
        found[f"GIT_CONFIG_KEY_{number}"] = name
        found[f"GIT_CONFIG_VALUE_{number}"] = value
    return found


def query_git(folder: Path, *arguments: str) -> str | None:
    """Return the output of a git command in a folder; None if it fails."""
    done = subprocess.run(
        [find_program("git"), *arguments],
        cwd=folder,
        env=git_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    return done.stdout.strip() if done.returncode == 0 else None


def find_repository(folder: Path) -> tuple[Path, str]:
    """Return the repository of a section's folder, and the folder's path in it.

    Raises UserError if there is none, or the folder is not committed.
    """
    top = query_git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        raise UserError(NO_REPOSITORY)
    repository = Path(top).resolve()
    prefix = folder.resolve().relative_to(repository).as_posix()
    if query_git(repository, "rev-parse", "--verify", f"HEAD:{prefix}") is None:
        if query_git(repository, "ls-files", "--", "learn.py") is None:
            raise UserError(NO_REPOSITORY)
        raise UserError(
            f"A deployment only gets what is committed, and {prefix} is not: commit it."
        )
    return repository, prefix


def take_snapshot(folder: Path, repository: Path) -> tuple[Path, str]:
    """Commit a copy of a folder, as it is now, to a new repository.

    repository: where to create it. Return it, and the folder's path in it.
    """
    leave_out = shutil.ignore_patterns(*LEFTOVERS)
    shutil.copytree(folder, repository / folder.name, ignore=leave_out)
    for command in ("init", "add --all", "commit --message Snapshot"):
        query_git(repository, *command.split())
    return repository, folder.name


def count_uncommitted(repository: Path, prefix: str) -> int:
    """Return how many files of a folder have uncommitted changes."""
    changes = query_git(repository, "status", "--porcelain", "--", prefix) or ""
    return len(changes.splitlines())


def note_uncommitted(listener: Listener, repository: Path, prefix: str) -> None:
    """Say how many files of a folder are not deployed, if any."""
    if uncommitted := count_uncommitted(repository, prefix):
        files = "file is" if uncommitted == 1 else "files are"
        listener.note(
            "A deployment only gets what is committed: "
            f"{uncommitted} changed or new {files} left out of {prefix}."
        )


def git(log: Log, folder: Path, *arguments: str) -> None:
    """Run git; raise UserError, with its output, if it fails."""
    log.add(f"$ git {' '.join(arguments)}")
    before = len(log.lines)
    if run_program([find_program("git"), *arguments], folder, git_environment(), log):
        output = "\n".join(log.lines[before:])
        if "not a git command" in output:
            raise UserError(NO_SUBTREE)
        raise UserError(f"git {arguments[0]} failed: {output}")


def clone(log: Log, repository: Path, target: Path) -> None:
    """Clone the last commit of a repository.

    The commits before it have no effect on what is built, and take longer to copy.
    """
    url = repository.as_uri()
    git(log, target.parent, "clone", "--depth", "1", "--no-tags", url, str(target))


def commit(log: Log, clone: Path, prefix: str, change: Change) -> None:
    """Change a section's folder in the clone, and commit the change."""
    change(clone / prefix)
    git(log, clone, "add", "--all", prefix)
    git(log, clone, "commit", "--quiet", "--message", "Break it on purpose")

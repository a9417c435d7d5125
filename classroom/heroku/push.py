"""Push a section's folder with git subtree, from a clone to a local repository."""

from pathlib import Path

from classroom.rehearsal.git import git
from classroom.rehearsal.steps import Log


def push(log: Log, clone: Path, prefix: str, remote: Path, app: Path) -> None:
    """Push a folder to a new remote repository, and check out the pushed files.

    remote: where to create the repository; app: the folder for the files.
    """
    git(log, clone, "init", "--quiet", "--bare", str(remote))
    git(log, clone, "remote", "add", "heroku", str(remote))
    git(log, clone, "subtree", "push", "--prefix", prefix, "heroku", "main")
    app.mkdir()
    repository = [f"--git-dir={remote}", f"--work-tree={app}"]
    git(log, app, *repository, "checkout", "--quiet", "main", "--", ".")

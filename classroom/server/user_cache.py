"""What npm installs or builds once for each user, and where that is kept."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path


def cache() -> Path:
    """Return the folder for what is installed once for each user."""
    found = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(found) / "flask-rest-apis"


def keep_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of the user's cache; if there is none, make it first.

    make: a function that fills a folder. If it fails, nothing is kept.
    """
    target = cache() / name
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    # Another process may do this at the same time, and must not find half of it.
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        new = Path(folder) / name
        new.mkdir()
        make(new)
        try:
            new.rename(target)
        except OSError:  # the other process was first
            if not target.exists():
                raise
    return target


def call_npm(
    npm: str, *arguments: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run npm in a folder; return its exit status, and what it prints."""
    return subprocess.run(
        [npm, *arguments],
        cwd=folder,
        # Without CI, npm and Angular may ask questions, and draw progress bars.
        env=os.environ | {"CI": "true", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )

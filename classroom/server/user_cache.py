"""A folder of the user, for what is installed or built once and then kept."""

import os
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

"""A temporary folder that is deleted even if this process is killed."""

import atexit
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from classroom.server import cleanup

MEMORY = Path("/dev/shm")  # on Linux: a tmpfs, a file system in memory
ENOUGH = 2 * 1024**3  # bytes; a full test run uses a quarter of this

_cleaner: subprocess.Popen[bytes] | None = None
_lock = threading.Lock()  # two threads need only one such process


class TemporaryFolder:
    """A temporary folder until delete(), the end of a with block, or of this process.

    A process of its own deletes what this process leaves behind: see cleanup.py.

    parent: where to make it, if not where temporary files usually are.
    path: where it is.
    """

    def __init__(self, parent: Path | None = None) -> None:
        name = f"classroom-{secrets.token_hex(8)}"
        self.path = (parent or Path(tempfile.gettempdir())).resolve() / name
        delete_at_exit(self.path)
        self.path.mkdir(mode=0o700)

    def delete(self) -> None:
        """Delete the folder, once nothing writes into it."""
        cleanup.delete([str(self.path)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.delete()


def delete_at_exit(folder: Path) -> None:
    """Make another process delete a folder when this one ends, even if it is killed."""
    global _cleaner
    with _lock:
        if _cleaner is None or _cleaner.poll() is not None:
            _cleaner = subprocess.Popen(
                [sys.executable, "-I", "-S", cleanup.__file__],
                stdin=subprocess.PIPE,
                bufsize=0,
                # Ctrl-C must not end it: it deletes what others leave behind.
                start_new_session=True,
            )
            atexit.register(let_end, _cleaner)
    assert _cleaner.stdin is not None
    _cleaner.stdin.write(os.fsencode(folder) + b"\0")


def let_end(process: subprocess.Popen[bytes]) -> None:
    """Let a process that reads its input end, which may be later than this one."""
    assert process.stdin is not None
    process.stdin.close()
    process.returncode = 0  # otherwise Python would warn that it is still running


@contextmanager
def temporary_files_in_memory() -> Iterator[None]:
    """Keep temporary files in memory, if there is a suitable place.

    A disk is slower with tens of thousands of small files. The environment variable
    TMPDIR, if set, takes precedence.
    """
    if "TMPDIR" in os.environ or not is_suitable(MEMORY):
        yield
        return
    # A Unix socket needs a short path (107 bytes), and some are in nested folders.
    folder = tempfile.mkdtemp(prefix="t", dir=MEMORY)
    delete_at_exit(Path(folder))
    os.chmod(folder, 0o711)  # PostgreSQL may run as another user
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    try:
        yield
    finally:
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
        cleanup.delete([folder])


def is_suitable(place: Path) -> bool:
    """Return whether one can write there, run programs, and store enough."""
    if not os.access(place, os.W_OK | os.X_OK):
        return False
    system = os.statvfs(place)
    may_execute = not system.f_flag & os.ST_NOEXEC
    return may_execute and system.f_bavail * system.f_frsize >= ENOUGH

"""A temporary folder that is deleted in any case, even if this process is killed."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

CLEANUP = Path(__file__).with_name("cleanup.py")


class Scratch:
    """A temporary folder, for as long as a with block lasts.

    folder: where it is. A process of its own deletes it: see cleanup.py.
    """

    def __init__(self) -> None:
        self._cleanup = subprocess.Popen(
            [sys.executable, "-I", "-S", str(CLEANUP)],
            stdin=subprocess.PIPE,
            # A Ctrl-C is not for that process: it comes last.
            start_new_session=True,
        )
        made = tempfile.mkdtemp(prefix="rehearsal-")
        self.sweep(made)
        self.folder = Path(made).resolve()

    def sweep(self, folder: str | Path) -> None:
        """Have another folder deleted as well."""
        assert self._cleanup.stdin is not None
        self._cleanup.stdin.write(f"{folder}\n".encode())
        self._cleanup.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        assert self._cleanup.stdin is not None
        self._cleanup.stdin.close()
        self._cleanup.wait()

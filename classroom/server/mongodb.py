"""Start and stop a temporary MongoDB server."""

import os
from pathlib import Path
from typing import Self

from classroom.errors import ServerStartError
from classroom.server.mongodb_programs import find_mongodb, modules
from classroom.server.ports import HOST, find_free_port
from classroom.server.process import ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder
from classroom.server.temporary_server import TemporaryServer

ENGINE = Path(__file__).with_name("mongodb_engine.js")
READY = "Waiting for connections"


class MongoDB(TemporaryServer):
    """A MongoDB server on 127.0.0.1, without users and passwords.

    url: where it is: mongodb://127.0.0.1:port; the same after a halt(). It is empty
        before start(). Add a slash and a name for the URL of a database.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self._port = 0

    def start(self) -> Self:
        """Start the server, with its data if it was halted; return once it responds.

        Raises ServerStartError, with its last lines of output, if it ends instead, and
        UserError if there is no program to start.
        """
        command = find_mongodb()
        if self._folder is None:
            self._folder = TemporaryFolder()
            self._port = find_free_port()
            self.url = f"mongodb://{HOST}:{self._port}"
        data = self.temporary_folder / "data"
        data.mkdir(exist_ok=True)
        self.process = ManagedProcess(
            [*command, *options(command, self._port, data)],
            folder=self.temporary_folder,
            environment=os.environ | {"NODE_PATH": str(modules())},
            output=self.log,
        )
        if not self.process.wait_until(lambda: READY in self.output(), self.TIMEOUT):
            ended, output = not self.process.is_running, self.output()
            self.stop()
            raise ServerStartError(Path("MongoDB"), output, ended)
        return self

    def stop(self) -> None:
        """End the process, wait until it is gone, and delete the data."""
        super().stop()
        self.url = ""


def options(command: list[str], port: int, data: Path) -> list[str]:
    """Return the options of a server's command, from find_mongodb()."""
    if Path(command[0]).name != "mongod":
        return [str(ENGINE), str(port), str(data)]
    return ["--bind_ip", HOST, "--port", str(port), "--dbpath", str(data)]

"""What all servers here have in common: they leave nothing behind."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from classroom.errors import ServerStartError, UserError
from classroom.server.ports import HOST, find_free_port
from classroom.server.process import ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder


class TemporaryServer:
    """A server with its data in a temporary folder.

    It ends with stop(), at the end of a with block, or when this process ends. Its data
    is kept by halt(), and deleted by stop().
    """

    TIMEOUT = 30.0  # seconds that a server has to start

    def __init__(self) -> None:
        self.process: ManagedProcess | None = None
        self._folder: TemporaryFolder | None = None

    def start(self) -> Self:
        """Start the server, and return once it responds."""
        raise NotImplementedError

    @property
    def temporary_folder(self) -> Path:
        """The folder with the server's data.

        Raises UserError if there is none, since the server is not running.
        """
        if self._folder is None:
            raise UserError("The server is not running.")
        return self._folder.path

    @property
    def log(self) -> Path:
        """The file with what the server has printed since it was last started."""
        return self.temporary_folder / "server.log"

    def output(self) -> str:
        """Return what the server has printed since it was last started."""
        return self.log.read_text("utf-8", "replace")

    def halt(self) -> None:
        """End the process, wait until it is gone, and keep the data."""
        if self.process is not None:
            self.process.stop()
            self.process = None

    def restart(self) -> None:
        """End the process and start another one, which finds the same data."""
        self.halt()
        self.start()

    def stop(self) -> None:
        """End the process, wait until it is gone, and delete the data."""
        self.halt()
        if self._folder is not None:
            self._folder.delete()
            self._folder = None

    def __enter__(self) -> Self:
        return self if self.process else self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()


class DatabaseServer(TemporaryServer):
    """A server of data, without users and passwords, on a free port of 127.0.0.1.

    NAME: of the program, for messages; its SCHEME in URLs; what it prints once it is
        READY.
    url: where it is: scheme://127.0.0.1:port; the same after a halt(). It is empty
        before start().
    """

    NAME = SCHEME = READY = ""

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self._port = 0

    def command(self, port: int) -> list[str]:
        """Return the command that starts the server at a port.

        Raises UserError if there is no program to start.
        """
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """Return the environment variables of the server."""
        return os.environ

    def start(self) -> Self:
        """Start the server, with its data if it was halted; return once it responds.

        Raises ServerStartError, with its last lines of output, if it ends instead, and
        UserError if there is no program to start.
        """
        if self._folder is None:
            self._folder = TemporaryFolder()
            self._port = find_free_port()
        self.process = ManagedProcess(
            self.command(self._port),
            folder=self.temporary_folder,
            environment=self.environment(),
            output=self.log,
        )
        if not self.process.wait_until(self._is_ready, self.TIMEOUT):
            ended, output = not self.process.is_running, self.output()
            self.stop()
            raise ServerStartError(Path(self.NAME), output, ended)
        self.url = f"{self.SCHEME}://{HOST}:{self._port}"
        return self

    def _is_ready(self) -> bool:
        return self.READY in self.output()

    def stop(self) -> None:
        """End the process, wait until it is gone, and delete the data."""
        super().stop()
        self.url = ""

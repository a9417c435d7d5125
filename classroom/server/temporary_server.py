"""What all servers here have in common: they leave nothing behind."""

from pathlib import Path
from typing import Self

from classroom.errors import UserError
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

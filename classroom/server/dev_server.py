"""The development server of a front end: npm start, as a process of its own."""

import json
import os
import shutil
from pathlib import Path
from typing import Self

from classroom.errors import ServerStartError
from classroom.server.frontend import copy_frontend
from classroom.server.process import ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder
from classroom.server.temporary_server import TemporaryServer

NG = "node_modules/@angular/cli/bin/ng.js"  # npm would be one more process


class DevServer(TemporaryServer):
    """A front end's own server, with a copy of its sources, from start() to stop().

    sources: the folder with package.json.
    port: the port to listen on.
    api_url: where the API is.
    """

    TIMEOUT = 240.0  # seconds; it builds the front end first

    def __init__(self, sources: Path, port: int, api_url: str) -> None:
        super().__init__()
        self.sources = sources
        self.port = port
        self.api_url = api_url
        self.address = f"http://localhost:{port}"

    def start(self) -> Self:
        """Start the process, and return once it responds."""
        if self._folder is None:
            self._folder = TemporaryFolder()
        copy = copy_frontend(self.sources, self.temporary_folder / "copy")
        config = json.dumps({"apiUrl": self.api_url})
        (copy / "development" / "config.json").write_text(config, "utf-8")
        node = shutil.which("node")
        assert node is not None  # copy_frontend() has used it
        command = [node, NG, "serve", "--port", str(self.port)]
        # As for a developer: with CI, each page would load and compile all packages.
        environment = os.environ | {"CI": "false", "NO_COLOR": "1"}
        self.process = ManagedProcess(command, copy, environment, self.log)
        if not self.process.wait_until(self._responds, self.TIMEOUT):
            ended = not self.process.is_running
            output = self.output()
            self.stop()
            raise ServerStartError(self.sources, output, ended)
        return self

    def _responds(self) -> bool:
        """Return whether the server responds: only then does it print its URL."""
        return self.address in self.output()

"""Start and stop a temporary MongoDB server."""

import os
from collections.abc import Mapping
from pathlib import Path

from classroom.server.mongodb_programs import find_mongodb, modules
from classroom.server.ports import HOST
from classroom.server.temporary_server import DatabaseServer

ENGINE = Path(__file__).with_name("mongodb_engine.js")


class MongoDB(DatabaseServer):
    """A MongoDB server on 127.0.0.1, without users and passwords.

    Add a slash and a name to its url for the URL of a database.
    """

    NAME, SCHEME, READY = "MongoDB", "mongodb", "Waiting for connections"

    def command(self, port: int) -> list[str]:
        """Return the command that starts the server at a port."""
        program = find_mongodb()
        data = self.temporary_folder / "data"
        data.mkdir(exist_ok=True)
        if Path(program[0]).name != "mongod":
            return [*program, str(ENGINE), str(port), str(data)]
        options = ["--bind_ip", HOST, "--port", str(port), "--dbpath", str(data)]
        return [*program, *options]

    def environment(self) -> Mapping[str, str]:
        """Return the environment variables of the server: where the engine is."""
        return os.environ | {"NODE_PATH": str(modules())}

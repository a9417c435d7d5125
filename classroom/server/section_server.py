"""A section's real server, as a process of its own."""

import functools
import hashlib
import re
import secrets
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Self

import psutil

from classroom.errors import ServerStartError
from classroom.sections import section_files
from classroom.server import forked
from classroom.server.client import Api
from classroom.server.launch import (
    DATABASE,
    database_command,
    database_settings,
    flask_command,
    gunicorn_command,
    has_migrations,
    is_free,
    make_environment,
    run_flask,
    start_module,
)
from classroom.server.temporary_folder import TemporaryFolder
from classroom.server.temporary_server import TemporaryServer

ADDRESS = re.compile(r"(?:Running on|Listening at:) (http://127\.0\.0\.1:(\d+))")
# What flask run, or gunicorn, prints when it cannot listen.
PORT_IN_USE = re.compile("Address already in use|Can't connect to")

# For servers under test: tests register and log in more often than people do.
NO_LIMITS = {
    "GUESS_LIMIT": "100000 per minute",
    "ADDRESS_LIMIT": "100000 per minute",
    "REGISTER_LIMIT": "100000 per minute",
}

# Settings of every server that this process starts.
DEFAULTS: dict[str, object] = {}


@functools.cache
def database_copies() -> Path:
    """Return the folder with what commands have made: that of the fork server, if any.

    Then all processes that use it have the same folder.
    """
    return forked.shared_folder() or TemporaryFolder().path


class Server(TemporaryServer):
    """A section's server, as a process of its own: flask run, on 127.0.0.1.

    Its database is new, in a temporary folder.

    folder: where app.py is; the server runs in it.
    python: the Python to run it with, if not this one.
    app: the module to serve, such as "classic" for classic.py.
    settings: what to set in app.config, such as {"JWT_ACCESS_TOKEN_EXPIRES": 2}.
    workers: how many gunicorn workers serve it; 0 is flask run.
    options: more options of gunicorn.
    unix_socket: whether gunicorn also listens at a Unix socket, for nginx.
    variables: more environment variables.
    """

    def __init__(
        self,
        folder: Path,
        *,
        python: str = sys.executable,
        app: str = "app",
        settings: Mapping[str, object] | None = None,
        workers: int = 0,
        options: Sequence[str] = (),
        unix_socket: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.folder = folder.resolve()
        self.python = python
        self.app = app
        self.workers = workers
        self.options = list(options)
        self.unix_socket = unix_socket
        self.variables = dict(variables or {})
        self.settings = dict(settings or {})
        if self.settings.get("SQLALCHEMY_ECHO"):  # for show_sql(), which shows values
            self.settings["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": False}
        self.address = ""
        self.port = 0  # that of its last start, or 0: any that is free
        self.shown = 0  # how much of its output show_sql() or show_log() has shown

    def start(self) -> Self:
        """Start the process, and return once it accepts requests.

        Raises ServerStartError, with its last lines of output, if it ends instead.
        """
        is_new = self._folder is None
        if is_new:
            self._folder = TemporaryFolder()
        try:
            self._launch()
            # The server is still starting, and needs no database yet. Doing both at the
            # same time saves a second, which each process needs for its imports.
            if is_new and has_migrations(self.folder):
                self._make_database()
            self._wait_until_it_responds()
        except BaseException:  # a Ctrl-C, too
            self.stop() if is_new else self.halt()
            raise
        return self

    def flask(self, *arguments: str) -> str:
        """Run a command of the section, such as init-db, and return what it prints.

        It has the same settings as the server, and so the same database.

        Raises ServerStartError, with its last lines of output, if it fails.
        """
        how = {"python": self.python, "app": self.app}
        return run_flask(self.folder, self.environment, *arguments, **how)

    def _make_database(self) -> None:
        """Run the command that makes the database, or copy what it made before.

        Importing what the command needs takes longer than the command itself.
        """
        copy = database_copies() / self._database_key()
        if copy.exists():
            self.database.write_bytes(copy.read_bytes())
            return
        self.flask(*database_command(self.folder))
        if self.database.exists():  # the settings may name a database elsewhere
            with closing(sqlite3.connect(self.database)) as database:
                # Move what is still in the write-ahead log into the file.
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Others must not find half of it.
            new = copy.with_suffix(f".{secrets.token_hex(8)}")
            new.write_bytes(self.database.read_bytes())
            new.replace(copy)

    def _database_key(self) -> str:
        """Return a name for all that decides what is in a new database."""
        digest = hashlib.sha256()
        for name, file in section_files(self.folder).items():
            digest.update(f"{name}\n".encode() + file.read_bytes())
        settings = (DEFAULTS | self.settings).items()
        others = [item for item in settings if item[0] not in NO_LIMITS]
        digest.update(repr((others, self.python, self.app)).encode())
        return digest.hexdigest()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the server and of its commands."""
        settings = database_settings(self.temporary_folder) | DEFAULTS | self.settings
        # Their output goes into files, where tracebacks need no colours.
        environment = make_environment(settings) | {"PYTHON_COLORS": "0"}
        return environment | self.variables

    def _launch(self) -> None:
        """Start the process, and write its output into a file."""
        self.shown = 0
        # After a restart, links to its pages should still work.
        if not is_free(self.port):
            self.port = 0
        command = flask_command(self.port, self.app)
        if self.workers:
            command = gunicorn_command(self.port, self.app, self.workers) + self.options
            if self.unix_socket:
                command += ["--bind", f"unix:{self.socket}"]
        how = self.folder, self.environment, self.log
        self.process = start_module(command, *how, python=self.python)

    def _wait_until_it_responds(self) -> None:
        """Wait until its output names its URL, and all workers have started."""
        assert self.process is not None
        if not self.process.wait_until(self._responds, self.TIMEOUT):
            ended = not self.process.is_running
            if self.port and PORT_IN_USE.search(self.output()):
                self.port = 0  # since another program has just taken that port
                self.halt()
                self._launch()
                return self._wait_until_it_responds()
            raise ServerStartError(self.folder, self.output(), ended)

    def _responds(self) -> bool:
        """Return whether the server responds: only then does it print its URL."""
        output = self.output()
        found = ADDRESS.search(output)
        self.address = ""
        if found:
            self.address, self.port = found[1], int(found[2])
        return bool(found) and output.count("Booting worker") >= self.workers

    @property
    def database(self) -> Path:
        """The file of the server's database, if it has one."""
        return self.temporary_folder / DATABASE

    @property
    def socket(self) -> Path:
        """The Unix socket at which gunicorn listens, with unix_socket."""
        return self.temporary_folder / "app.sock"

    def halt(self) -> None:
        """End the process, wait until it is gone, and keep the data."""
        if self.workers:  # gunicorn would wait for the next request of each client
            self.kill()
        super().halt()

    def kill(self) -> None:
        """Kill the process at once, and keep the data."""
        if self.process is not None:
            self.process.kill()
            self.process = None

    @property
    def worker(self) -> psutil.Process:
        """The gunicorn worker, or the first of several."""
        assert self.process is not None
        return self.process.children()[0]

    def api(self) -> Api:
        """Return a new session that talks to this server."""
        return Api(self.address)

"""A section's real server, as a process of its own."""

import contextlib
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from classroom.errors import ServerStartError, UserError
from classroom.sections import section_files
from classroom.server.client import Api
from classroom.server.launch import (
    DATABASE,
    database_settings,
    flask_run,
    gunicorn,
    has_migrations,
    make_environment,
    run_flask,
)

ADDRESS = re.compile(r"(?:Running on|Listening at:) (http://127\.0\.0\.1:\d+)")

# Settings of a server that is tested: tests register and log in more often than people.
NO_LIMITS = {
    "GUESS_LIMIT": "100000 per minute",
    "ADDRESS_LIMIT": "100000 per minute",
    "REGISTER_LIMIT": "100000 per minute",
}

_made_databases: dict[str, bytes] = {}


class Server:
    """A section's server, as a process of its own: flask run, on 127.0.0.1.

    It ends with stop(), at the end of a with block, or when this process ends.

    Its database is a new one, in a temporary folder; it is deleted after stop().

    folder: where app.py stands; the server runs in it.
    python: the Python to run it with, if not this one.
    app: the module to serve, such as "classic" for classic.py.
    settings: what to set in app.config, such as {"JWT_ACCESS_TOKEN_EXPIRES": 2}.
    workers: how many processes of gunicorn serve it; 0 is flask run.
    variables: what else to set in its environment.
    """

    PATIENCE = 30.0  # seconds that a server may take to start

    def __init__(
        self,
        folder: Path,
        *,
        python: str = sys.executable,
        app: str = "app",
        settings: Mapping[str, object] | None = None,
        workers: int = 0,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.how = {"python": python, "app": app}
        self.workers = workers
        self.command = flask_run(0, **self.how)
        if workers:
            self.command = gunicorn(workers, **self.how)
        self.variables = dict(variables or {})
        self.settings = dict(settings or {})
        if self.settings.get("SQLALCHEMY_ECHO"):  # for show_sql(), which shows values
            self.settings["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": False}
        self.address = ""
        self.shown = 0  # how much of its output show_sql() or show_log() has shown
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> Self:
        """Start the process, and return once it accepts requests.

        Raises ServerStartError, with its last lines of output, if it ends instead.
        """
        is_new = self._scratch is None
        if is_new:
            self._scratch = tempfile.TemporaryDirectory(
                prefix="classroom-", ignore_cleanup_errors=True
            )
        try:
            self._launch()
            # While the server starts, which needs no database yet. To import all that
            # a section needs takes a second, here and there.
            if is_new and has_migrations(self.folder):
                self._make_database()
            self._wait_until_it_answers()
        except BaseException:  # a Ctrl-C, too
            self.stop()
            raise
        return self

    def flask(self, *words: str) -> str:
        """Run a command of the section, such as init-db, and return what it prints.

        It has the same settings as the server, and so the same database.

        Raises ServerStartError, with its last lines of output, if it fails.
        """
        return run_flask(self.folder, self.environment, *words, **self.how)

    def _make_database(self) -> None:
        """Have the section make its database; the same one again is only copied.

        To import all that the command needs takes longer than anything it does.
        """
        made_of = hashlib.sha256()
        for name, file in section_files(self.folder).items():
            made_of.update(f"{name}\n".encode() + file.read_bytes())
        key = repr((made_of.digest(), self.settings, self.variables, self.how))
        if key in _made_databases:
            self.database.write_bytes(_made_databases[key])
            return
        self.flask("init-db")
        if self.database.exists():  # and is not elsewhere, by the settings
            _made_databases[key] = self.database.read_bytes()

    @property
    def environment(self) -> dict[str, str]:
        """What the server and its commands find around them."""
        settings = database_settings(self.scratch) | self.settings
        # What they print goes into files: tracebacks need no colours there.
        return make_environment(settings) | {"PYTHON_COLORS": "0"} | self.variables

    def _launch(self) -> None:
        """Start the process, with what it prints going into a file."""
        self.shown = 0
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,  # kept open: see exit_with_parent.py
                stdout=output,
                stderr=subprocess.STDOUT,
                # Interrupting a notebook must not interrupt its server.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )

    def _wait_until_it_answers(self) -> None:
        """Wait for the lines in its output that tell where it is, and who answers."""
        assert self._process is not None
        give_up = time.monotonic() + self.PATIENCE
        while True:
            output = self.output()
            # It is printed once the socket listens: from then on, nobody is too early.
            found = ADDRESS.search(output)
            if found and output.count("Booting worker") >= self.workers:
                break
            ended = self._process.poll() is not None
            if ended or time.monotonic() > give_up:
                raise ServerStartError(self.folder, output, ended)
            time.sleep(0.02)
        self.address = found[1]

    @property
    def scratch(self) -> Path:
        """The temporary folder of the server.

        Raises UserError if it does not run.
        """
        if self._scratch is None:
            raise UserError("The server does not run.")
        return Path(self._scratch.name)

    @property
    def database(self) -> Path:
        """The file of the server's database, if it has one."""
        return self.scratch / DATABASE

    @property
    def log(self) -> Path:
        """The file with what the server has printed since it was last started."""
        return self.scratch / "server.log"

    def output(self) -> str:
        """Return what the server has printed since it was last started."""
        return self.log.read_text("utf-8", "replace")

    def kill(self) -> None:
        """End it at once, as a power cut would; its database stays."""
        if self._process is not None:
            if self.workers and self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)  # its workers, too
            self._process.kill()
            self._process.wait()
            self._let_go()

    def restart(self) -> None:
        """End the process and start another one, which finds the same database."""
        self._end()
        self.start()

    def stop(self) -> None:
        """End the process, wait until it is gone, and delete what it has stored."""
        self._end()
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _end(self) -> None:
        """Ask the process to end; insist if it does not."""
        # gunicorn is not asked: it would wait for the next request of each client.
        if self._process is not None and not self.workers:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self.kill()

    def _let_go(self) -> None:
        """Close the input of a process that is gone."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.close()
        self._process = None

    @property
    def worker(self) -> psutil.Process:
        """The process of gunicorn that answers, or the first of several."""
        assert self._process is not None
        children = psutil.Process(self._process.pid).children()
        return min(children, key=lambda child: child.pid)

    def api(self) -> Api:
        """Return a new session that talks to this server."""
        return Api(self.address)

    def __enter__(self) -> Self:
        return self if self._process else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

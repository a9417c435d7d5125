"""Start servers in a fraction of the time: as copies of a process with all imports.

Importing Flask, SQLAlchemy and the other packages takes most of the time in which a
section starts. After preload(), one process has imported them, and each server is a
fork of it: see fork_server.py. All processes that are started after preload() use the
same one. Windows cannot fork processes: there, servers start as usual.
"""

import atexit
import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from classroom.server import fork_server
from classroom.server.process import EXIT_WITH_PARENT, ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder, let_end

# The environment variable that names the Python that is forked, and the socket.
VARIABLE = "CLASSROOM_FORK_SERVER"
# What the sections import; what is not installed is left out. (gunicorn is: when it is
# imported, it remembers the current folder.)
PACKAGES = [
    *("flask.cli", "werkzeug.serving", "flask_smorest", "flask_jwt_extended"),
    *("flask_sqlalchemy", "sqlalchemy.dialects.sqlite", "flask_migrate"),
    # The first one adds a command to flask, which imports it each time that it is run.
    *("flask_limiter.commands", "flask_swagger_ui", "logging.config", "sqlite3"),
    *("flask_wtf", "flask_login", "flask_session", "flask_bootstrap", "jinja2.ext"),
    *("mongoengine", "mongomock", "cachelib", "pythonjsonlogger.json", "redis", "rq"),
    *("flask_cors", "flask_mail", "aiosmtpd.controller", "aiosmtpd.handlers"),
]


def preload(*more: str) -> None:
    """Import the packages of the sections in a process of its own, if that is possible.

    It runs in the background: the first server that needs it waits until it is done.

    more: other modules to import.
    """
    if not hasattr(os, "fork") or is_preloaded(sys.executable):
        return
    # The path of a socket must be short, and that of TMPDIR may be long.
    address = TemporaryFolder(Path("/tmp")).path / "socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        number = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-P", fork_server.__file__, str(number), *PACKAGES, *more],
            stdin=subprocess.PIPE,  # kept open: see fork_server.py
            start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
            pass_fds=[number],
        )
    atexit.register(let_end, process)
    os.environ[VARIABLE] = f"{sys.executable}{os.pathsep}{address}"


def is_preloaded(python: str) -> bool:
    """Return whether processes can be forked that run this Python."""
    return os.environ.get(VARIABLE, "").startswith(f"{python}{os.pathsep}")


def shared_folder() -> Path | None:
    """Return the folder of the fork server, if there is one."""
    found = os.environ.get(VARIABLE)
    return Path(found.partition(os.pathsep)[2]).parent if found else None


def run_forked(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout: float,
) -> tuple[int, str]:
    """Run a Python module to its end; return its exit status, and what it printed.

    Raises subprocess.TimeoutExpired if that takes longer than timeout, in seconds.
    """
    with tempfile.TemporaryDirectory() as temporary:
        output = Path(temporary) / "output"
        with ForkedProcess(command, folder, environment, output) as process:
            status = process.wait(timeout)
        return status, output.read_text("utf-8", "replace")


class ForkedProcess(ManagedProcess):
    """A process that is forked from the one with all imports; see preload().

    command: a Python module, and its arguments; folder: where to run it.
    environment: its environment variables; output: the file for what it prints.
    """

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        output: Path,
    ) -> None:
        self._process = Forked(command, folder, environment, output)


class Forked(subprocess.Popen[bytes]):
    """A forked process, with the part of Popen that is needed.

    command, folder, environment, output: as for ForkedProcess.
    """

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        output: Path,
    ) -> None:
        task = {
            "command": [str(EXIT_WITH_PARENT), *command],
            "folder": str(folder),
            "environment": dict(environment),
        }
        self.client = socket.socket(socket.AF_UNIX)
        self.client.connect(os.environ[VARIABLE].partition(os.pathsep)[2])
        reader, writer = os.pipe()
        with output.open("wb") as file, open(reader, "rb") as stdin:
            socket.send_fds(self.client, [b"\n"], [stdin.fileno(), file.fileno()])
            self.client.sendall(json.dumps(task).encode())
            self.client.shutdown(socket.SHUT_WR)
        self.pid = self._receive_number()
        self.stdin = open(writer, "wb", buffering=0)
        self.stdout = self.stderr = None
        self.returncode = None

    def _receive_number(self) -> int:
        """Return the next number that is sent; -1 if the fork server was killed."""
        received = self.client.recv(fork_server.SIZE)
        return int.from_bytes(received, "little", signed=True) if received else -1

    def poll(self) -> int | None:
        """Return the exit status, or None if the process has not ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended, and return its exit status."""
        if self.returncode is None:
            if not select.select([self.client], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0)
            self.returncode = self._receive_number()
            self.client.close()
        return self.returncode

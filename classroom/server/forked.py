"""Start servers in a fraction of the time: as copies of a process with all imports.

Importing Flask, SQLAlchemy and the other packages takes most of the time in which a
section starts. After preload(), one process has imported them, and each server is a
fork of it. Windows cannot fork processes: there, servers start as usual.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from classroom.server.process import EXIT_WITH_PARENT, ManagedProcess

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

# What a process runs once it is forked. It imports nothing of this package, which would
# take longer than all the rest.
BECOME = Path(__file__).with_name("become_program.py")

_preloaded = False


def preload() -> None:
    """Import the packages of the sections in a process of its own, if that is possible.

    It runs in the background: the first server that needs it waits until it is done.
    """
    global _preloaded
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        multiprocessing.get_context("forkserver").set_forkserver_preload(PACKAGES)
        forkserver.ensure_running()
        _preloaded = True


def is_preloaded(python: str) -> bool:
    """Return whether processes can be forked that run this Python."""
    return _preloaded and python == sys.executable


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
        output.write_bytes(b"")
        task = {
            "command": [str(EXIT_WITH_PARENT), *command],
            "folder": str(folder),
            "environment": dict(environment),
            "output": str(output),
        }
        context = multiprocessing.get_context("forkserver")
        reader, writer = context.Pipe(duplex=False)
        with reader, writer:
            process = context.Process(
                target=runpy.run_path,
                args=(str(BECOME), {"task": task | {"stdin": reader}}, "__main__"),
                daemon=True,
            )
            process.start()
            stdin = os.fdopen(os.dup(writer.fileno()), "wb", buffering=0)
        self._process = Forked(process, stdin)


class Forked(subprocess.Popen[bytes]):
    """A forked process, with the part of Popen that ManagedProcess uses."""

    def __init__(
        self, process: multiprocessing.process.BaseProcess, stdin: IO[bytes]
    ) -> None:
        assert process.pid is not None
        self.process = process
        self.pid = process.pid
        self.stdin = stdin
        self.stdout = None
        self.returncode = None  # for Popen.__del__

    def poll(self) -> int | None:
        """Return the exit status, or None if the process has not ended."""
        self.returncode = self.process.exitcode
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended, and return its exit status."""
        self.process.join(timeout)
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout or 0)
        return status

"""Dynos: each runs one process type of a Procfile, here with honcho."""

import os
import re
import shlex
import signal
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from classroom.rehearsal.steps import Log
from classroom.server.process import ManagedProcess

HONCHO_LINE = re.compile(r"[\d:]{8} (\S+) +\| ?(.*)")
# Variables of this machine that honcho itself needs; a dyno gets no others.
INHERITED = ("HOME", "TMPDIR")


class Dyno:
    """A dyno, from start() until its process ends, or kill().

    kind: the process type, such as "web"; command: its command in the Procfile.
    app: the folder of the pushed files, where the command is run.
    """

    def __init__(self, kind: str, command: str, app: Path) -> None:
        self.kind = kind
        self.name = f"{kind}.1"
        self.command = command
        self.app = app
        self.variables = app.with_name(f"{kind}.env")
        self.output = app.with_name(f"{kind}.log")
        self._shown = 0  # lines of the output that were logged
        self._process: ManagedProcess | None = None

    def start(self, config_vars: dict[str, str]) -> None:
        """Start the process, with these variables and DYNO."""
        variables = config_vars | {"DYNO": self.name}
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in variables.items()]
        self.variables.touch(mode=0o600)
        self.variables.write_text("".join(lines), "utf-8")
        honcho = ["honcho", "--env", str(self.variables), "--no-colour", "start"]
        own = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self._process = ManagedProcess(
            [*honcho, self.kind],
            folder=self.app,
            environment=own | {"PATH": os.defpath, "PYTHONUTF8": "1"},
            output=self.output,
        )

    @property
    def process(self) -> ManagedProcess:
        """The process of honcho, after start()."""
        assert self._process is not None
        return self._process

    @property
    def status(self) -> int:
        """The exit status of a process that has ended; -9 if signal 9 ended it."""
        stopped = re.search(r"stopped \(rc=(-?\d+)\)", self.read_output())
        return int(stopped[1]) if stopped else self.process.wait()

    def read_output(self) -> str:
        """Return the output of honcho, which includes that of the process."""
        return self.output.read_text("utf-8", "replace")

    def send(self, number: signal.Signals) -> None:
        """Send a signal to every process of the dyno, but not to honcho."""
        started = re.search(r"started \(pid=(\d+)\)", self.read_output())
        for process in psutil.pids() if started else []:
            # honcho makes the first process the leader of a session of its own.
            with suppress(OSError):  # it has just ended, or belongs to another user
                if started and os.getsid(process) == int(started[1]):
                    os.kill(process, number)

    def wait(self, seconds: float) -> bool:
        """Wait until the process has ended; return whether it did so in time."""
        return self.process.wait_until(lambda: not self.process.is_running, seconds)

    def platform(self, log: Log, *lines: str) -> None:
        """Log what the platform prints about the dyno."""
        for line in lines:
            log.add(f"heroku[{self.name}]: {line}")

    def copy_output(self, log: Log) -> None:
        """Log what the process has printed since the last call."""
        lines = self.read_output().splitlines()
        for line in lines[self._shown :]:
            match = HONCHO_LINE.fullmatch(line)
            if match is None:  # by honcho itself
                log.add(line)
            elif match[1] != "system":
                log.add(f"app[{match[1]}]: {match[2]}")
        self._shown = len(lines)

    def kill(self) -> None:
        """Kill all of its processes, and wait until they are gone."""
        if self._process is not None:
            self.send(signal.SIGKILL)
            self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

"""A small stand-in for systemd, which keeps sockets open and services running.

    python -I -S service_manager.py FOLDER

FOLDER has the units. The manager adds the socket "control", for systemctl.py, and the
file "journal", with the output of all services. It ignores the settings that limit what
a service may do and, unless it is root, the user. It imports only the standard library.
"""

import fcntl
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

START_SECONDS = 30.0  # until a service must have reported that it is ready
# systemd passes a socket on as file descriptor 3, to the process with this id.
PASS_SOCKET = 'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@" 3<&{0} {0}<&-'


class UnitError(Exception):
    """A unit cannot be started; the message says why."""


def read_unit(file: Path) -> dict[str, str]:
    """Return the settings of a unit; of those with several values, the last."""
    lines = file.read_text("utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line and line[0] != "#"]
    return {name: value for name, value in pairs}


def read_environment(file: Path) -> dict[str, str]:
    """Return the variables in the environment file of a service."""
    words = shlex.split(file.read_text("utf-8"), comments=True)
    return dict(word.split("=", 1) for word in words)


class Socket:
    """A listening Unix socket, which stays open while its service restarts."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.listening: socket.socket | None = None

    def start(self) -> None:
        """Listen, unless it does already."""
        if self.listening is None:
            self.listening = socket.socket(socket.AF_UNIX)
            self.listening.bind(read_unit(self.file)["ListenStream"])
            self.listening.listen(4096)

    def stop(self) -> None:
        """Close the socket, and delete its file."""
        if self.listening is not None:
            Path(self.listening.getsockname()).unlink()
            self.listening.close()
            self.listening = None


class Service:
    """A service, which gets its socket from the manager.

    wanted: whether it should be running.
    """

    def __init__(self, file: Path, passed: Socket) -> None:
        self.file = file
        self.socket = passed
        self.wanted = False
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether its main process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it, unless it runs already; return when it has reported READY=1."""
        self.socket.start()
        if self.is_running:
            return
        self.wanted = True
        notify = self.file.with_suffix(".notify")
        notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
            messages.bind(str(notify))
            notify.chmod(0o666)  # the service may run as another user
            messages.settimeout(0.1)
            self.process = self._launch(notify)
            self._wait_until_ready(self.process, messages)

    def _launch(self, notify: Path) -> subprocess.Popen[bytes]:
        """Start the main process, with its environment and its socket."""
        unit = read_unit(self.file)
        environment = read_environment(Path(unit["EnvironmentFile"]))
        environment |= {"PATH": os.defpath, "LANG": "C.UTF-8"}
        assert self.socket.listening is not None
        passed = fcntl.fcntl(self.socket.listening, fcntl.F_DUPFD, 10)
        shell = ["/bin/bash", "-c", PASS_SOCKET.format(passed), "bash"]
        try:
            with self.file.with_name("journal").open("ab") as journal:
                return subprocess.Popen(
                    shell + shlex.split(unit["ExecStart"]),
                    cwd=unit["WorkingDirectory"],
                    env=environment | {"NOTIFY_SOCKET": str(notify)},
                    stdin=subprocess.DEVNULL,
                    stdout=journal,
                    stderr=journal,
                    pass_fds=[passed],
                    **self._account(unit["User"]),
                )
        finally:
            os.close(passed)

    def _account(self, user: str) -> dict[str, Any]:
        """Return the user and the group of the process, which only root can choose."""
        if os.geteuid() != 0:
            return {}
        return {"user": user, "group": user, "extra_groups": []}

    def _wait_until_ready(
        self, process: subprocess.Popen[bytes], messages: socket.socket
    ) -> None:
        """Wait for READY=1; raise UnitError if the process ends, or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if b"READY=1" in messages.recv(4096):
                    return
            except TimeoutError:
                pass
        self.stop()
        raise UnitError(f"Job for {self.file.name} failed: see the journal.")

    def stop(self) -> None:
        """Send SIGTERM to the main process, and wait until it has ended."""
        self.wanted = False
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Manager:
    """The units of a folder."""

    def __init__(self, folder: Path) -> None:
        [socket_file] = folder.glob("*.socket")
        self.socket = Socket(socket_file)
        # The service that the first connection starts.
        self.activated = read_unit(socket_file)["Service"]
        self.services = {
            file.name: Service(file, self.socket)
            for file in folder.glob("*.service")
            if "WorkingDirectory" in read_unit(file)
        }
        self.control = socket.socket(socket.AF_UNIX)
        self.address = str(folder / "control")

    def run(self) -> None:
        """Carry out commands, and start services, until Ctrl-C."""
        try:
            self.control.bind(self.address)
            self.control.listen()
            while True:
                self.wait()
        except KeyboardInterrupt:
            for service in self.services.values():
                service.stop()

    def wait(self) -> None:
        """Wait for a command, a connection, or a service that has ended."""
        watched = [self.control]
        is_idle = not any(service.is_running for service in self.services.values())
        if is_idle and self.socket.listening is not None:
            watched.append(self.socket.listening)
        ready, _, _ = select.select(watched, [], [], 0.2)
        if self.control in ready:
            self.accept_command()
        elif ready:
            self.try_to_start(self.services[self.activated])
        for service in self.services.values():
            if service.wanted and not service.is_running:
                self.try_to_start(service)

    def try_to_start(self, service: Service) -> None:
        """Start a service; if it fails, wait a second before the next attempt."""
        try:
            service.start()
        except UnitError:
            time.sleep(1)

    def accept_command(self) -> None:
        """Carry out a command such as "restart stores.service"."""
        connection, _ = self.control.accept()
        with connection:
            action, *names = connection.makefile().read().split()
            try:
                for name in names:
                    self.carry_out(action, name)
            except (UnitError, OSError) as error:
                connection.sendall(str(error).encode())

    def carry_out(self, action: str, name: str) -> None:
        """Start, stop or restart a unit."""
        unit = self.socket if name.endswith(".socket") else self.services[name]
        if action in ("stop", "restart"):
            unit.stop()
        if action in ("start", "restart"):
            unit.start()


if __name__ == "__main__":
    # SIGINT as well: what a shell starts in the background would ignore it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    Manager(Path(sys.argv[1])).run()

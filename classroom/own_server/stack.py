"""The programs of a server: nginx, the services, and the scripts that set them up."""

import subprocess
import sys
from pathlib import Path
from typing import Self

from classroom.errors import ServerStartError
from classroom.own_server.nginx import Nginx
from classroom.own_server.settings import Settings
from classroom.rehearsal.programs import find_program, run_program
from classroom.rehearsal.steps import Log
from classroom.server.process import ManagedProcess

MANAGER = Path(__file__).with_name("service_manager.py")
FOLDER = "section08_digitalocean"
TIMEOUT = 10.0  # seconds that the service manager has to start


class Stack:
    """A server of your own, in a folder of this machine, from start() to stop().

    clone: a clone of the repository; its files of section 8 are used.
    settings: where everything is.
    nginx: the server in front; it is started by start_nginx().
    """

    def __init__(self, clone: Path, settings: Settings) -> None:
        self.files = clone / FOLDER
        self.settings = settings
        self.nginx = Nginx(settings.folder / "nginx")
        self.units = settings.folder / "units"
        self._manager: ManagedProcess | None = None
        self._shown = 0  # characters of the journal that were logged

    def start(self) -> None:
        """Write the settings and the units, and start the service manager."""
        self.settings.write_files()
        for folder in (self.units, self.nginx.folder):
            folder.mkdir()
        self.write_units()
        self.write_site()
        self._manager = ManagedProcess(
            [sys.executable, "-I", "-S", str(MANAGER), str(self.units)],
            folder=self.settings.folder,
            environment={},
            output=self.settings.folder / "manager.log",
        )
        control = self.units / "control"
        if not self._manager.wait_until(control.exists, TIMEOUT):
            output = (self.settings.folder / "manager.log").read_text("utf-8")
            raise ServerStartError(MANAGER, output, not self._manager.is_running)

    def render(self, name: str) -> str:
        """Return one of the files of the section, with the settings filled in."""
        script = 'source "$1/settings.sh"; render "$1/$2"'
        return subprocess.run(
            [find_program("bash"), "-c", script, "bash", str(self.files), name],
            env=self.settings.variables(),
            check=True,
            capture_output=True,
            encoding="utf-8",
        ).stdout

    def write_units(self) -> None:
        """Write the units of systemd, as provision.sh does."""
        for file in (self.files / "systemd").iterdir():
            text = self.render(f"systemd/{file.name}")
            (self.units / file.name).write_text(text, "utf-8")

    def write_site(self) -> None:
        """Write the files of nginx, as provision.sh does."""
        for file in (self.files / "nginx").iterdir():
            text = self.render(f"nginx/{file.name}")
            (self.nginx.folder / file.name).write_text(text, "utf-8")

    def run(self, log: Log, script: str, *arguments: str) -> int:
        """Run a script of the section, and return its exit status.

        script: its name, such as "deploy.sh"; log: gets what it prints.
        """
        log.add(f"$ ./{script} {' '.join(arguments)}".rstrip())
        command = [str(self.files / script), *arguments]
        status = run_program(command, self.files, self.settings.variables(), log)
        self.copy_journal(log)
        return status

    def systemctl(self, *arguments: str) -> None:
        """Start, stop or restart units, such as "restart", "stores.service"."""
        command = [str(self.settings.folder / "systemctl"), *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def journal(self) -> str:
        """Return what all services have printed."""
        file = self.units / "journal"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def copy_journal(self, log: Log) -> None:
        """Log what the services have printed since the last call."""
        journal = self.journal()
        if new := journal[self._shown :].strip():
            log.add(new)
        self._shown = len(journal)

    def stop(self) -> None:
        """End all programs, and wait until they are gone."""
        self.nginx.stop()
        if self._manager is not None:
            self._manager.stop()
            self._manager = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

"""The settings of the scripts of section 8, for a temporary folder of this machine."""

import getpass
import os
import secrets
import shlex
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from classroom.rehearsal.programs import find_program, installer
from classroom.server import NO_LIMITS
from classroom.server.ports import HOST, find_free_port
from classroom.server.postgres_programs import find_programs

# Variables of this process that must not reach the scripts, nor the app.
OWN_VARIABLES = (
    "DATABASE_URL",
    "DYNO",
    "FLASK_",
    "GIT_",
    "GUNICORN_",
    "PG",
    "PYTHON",
    "REDIS_URL",
    "UWSGI",
    "VIRTUAL_ENV",
)
SYSTEMCTL = Path(__file__).with_name("systemctl.py")


@dataclass
class Settings:
    """Where everything of a rehearsal is, and what it deploys.

    folder: an empty folder, for everything.
    section: the folder's name of the section to deploy; service: what serves it.
    database: the URL of its database.
    rate: how many requests one IP address may send; the check sends hundreds.
    port: the one at which nginx listens.
    """

    folder: Path
    section: str
    database: str
    service: str = "stores"
    rate: str = "10000r/s"
    ready_seconds: int = 30
    port: int = field(default_factory=find_free_port)

    @property
    def address(self) -> str:
        """The URL at which nginx listens."""
        return f"http://{HOST}:{self.port}"

    @property
    def origin(self) -> str:
        """The URL at which clients reach the API."""
        return self.address

    @property
    def environment_file(self) -> Path:
        """The file with the environment variables of the app."""
        return self.folder / "environment"

    def variables(self) -> dict[str, str]:
        """Return the environment variables of the scripts."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OWN_VARIABLES)}
        path = f"{find_programs()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return kept | {
            "PATH": path,
            "SECTION": self.section,
            "SERVICE": self.service,
            "APP_USER": getpass.getuser(),
            "APP_ROOT": str(self.folder / "srv"),
            "ENVIRONMENT": str(self.environment_file),
            "SOCKET": str(self.folder / "app.sock"),
            "LOGS": str(self.folder / "nginx"),
            "BACKUPS": str(self.folder / "backups"),
            "LISTEN": f"{HOST}:{self.port}",
            "API_CONF": str(self.folder / "nginx" / "api.conf"),
            "RATE": self.rate,
            "VENV": str(self.folder / "venv"),
            "INSTALL": str(self.folder / "install"),
            "SYSTEMCTL": str(self.folder / "systemctl"),
            "READY_SECONDS": str(self.ready_seconds),
            "TMPDIR": str(self.folder),
        }

    def write_files(self) -> None:
        """Write the app's variables, and programs that a rehearsal replaces."""
        python = shlex.quote(sys.executable)
        venv = 'rm -rf "$2" && mkdir "$2"'  # install makes it, or links to one
        install = f'exec {shlex.join(installer())} "$2" "$VIRTUAL_ENV"'
        control = shlex.quote(str(self.folder / "units" / "control"))
        systemctl = f'exec {python} -I -S {shlex.quote(str(SYSTEMCTL))} {control} "$@"'
        programs = {"venv": venv, "install": install, "systemctl": systemctl}
        for name, command in programs.items():
            program = self.folder / name
            program.write_text(f"#!/bin/sh\n{command}\n", "utf-8")
            program.chmod(0o755)
        lines = [f"{k}={shlex.quote(v)}\n" for k, v in self.app_settings.items()]
        self.environment_file.touch(mode=0o600)
        self.environment_file.write_text("".join(lines), "utf-8")

    @cached_property
    def app_settings(self) -> dict[str, str]:
        """The environment variables of the app, as provision.sh sets them."""
        return {
            "FLASK_PRODUCTION": "true",
            "FLASK_JWT_SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": self.database,
            # Unlike on a server: the check registers and logs in hundreds of times.
            **{f"FLASK_{name}": limit for name, limit in NO_LIMITS.items()},
            "FLASK_PASSWORD_HASH": "scrypt:1024:8:1",
        }

    def app_variables(self) -> dict[str, str]:
        """Return the environment of a command of the app."""
        programs = self.folder / "srv" / "current" / ".venv" / "bin"
        return self.app_settings | {"PATH": f"{programs}{os.pathsep}{os.defpath}"}


def expect_programs() -> None:
    """Raise UserError if a program that the scripts need is not installed."""
    for name in ("bash", "curl", "flock", "git"):
        find_program(name)

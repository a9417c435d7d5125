"""Run the programs of a step: git, uv, pip."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from classroom.errors import UserError
from classroom.rehearsal.steps import Log
from classroom.server.process import ManagedProcess
from classroom.server.user_cache import cache


def find_program(name: str) -> str:
    """Return the path of a program; raise UserError if it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise UserError(f"There is no {name} on this machine: install it first.")
    return str(Path(found).absolute())


def environments() -> Path:
    """Return the folder of the virtual environments that are kept."""
    return cache() / "environments"


def installer() -> list[str]:
    """Return the command that takes requirements and an environment: see install.py."""
    program = Path(__file__).with_name("install.py")
    return [sys.executable, "-I", str(program), str(environments())]


def run_program(
    command: list[str], folder: Path, environment: Mapping[str, str], log: Log
) -> int:
    """Run a program to its end, log what it prints, and return its exit status.

    command: the path of the program, and its arguments.
    folder: where to run it; environment: its environment variables.
    """
    with ManagedProcess(command, folder=folder, environment=environment) as process:
        for line in process.lines():
            # A counter in one line has a \r before each new number.
            log.add(line.rsplit("\r", 1)[-1])
        return process.wait()

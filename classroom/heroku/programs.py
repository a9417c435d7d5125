"""Run the programs of a step: git, uv, pip."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from classroom.errors import UserError
from classroom.heroku.steps import Log
from classroom.server.launch import EXIT_WITH_PARENT

PATIENCE = 5.0  # seconds that an interrupted program may take to end


def find_program(name: str) -> str:
    """Return the path of a program; raise UserError if there is none of this name."""
    found = shutil.which(name)
    if found is None:
        raise UserError(f"There is no {name} on this machine: install it first.")
    return str(Path(found).absolute())


def run_program(
    command: list[str], folder: Path, environment: Mapping[str, str], log: Log
) -> int:
    """Run a program to its end, add what it prints to a log, return its exit status.

    command: the path of the program, and its arguments.
    folder: where to run it; environment: what it finds around it.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", str(EXIT_WITH_PARENT), *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,  # kept open: see exit_with_parent.py
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a Ctrl-C reaches it through us
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        for line in process.stdout:
            # What counts forward in one line has a \r before each new number.
            log.add(line.decode("utf-8", "replace").rstrip().rsplit("\r", 1)[-1])
        return process.wait()
    except BaseException:
        process.stdin.close()
        end_all(process)
        raise
    finally:
        process.stdin.close()
        process.stdout.close()


def end_all(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has ended; kill it, and all that it started, if need be."""
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        for each in psutil.Process(process.pid).children(recursive=True):
            each.kill()
        process.kill()
        process.wait()

"""Build the pushed files as Heroku's Python buildpack does."""

import os
import platform
import re
from pathlib import Path

from classroom.errors import UserError
from classroom.heroku import heroku_messages
from classroom.rehearsal.install import NOT_INSTALLED
from classroom.rehearsal.programs import installer, run_program
from classroom.rehearsal.steps import Log, StepFailed

PACKAGE_MANAGERS = ["requirements.txt", "Pipfile.lock", "poetry.lock", "uv.lock"]
DEFAULT_PYTHON = "3.14"
VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){1,2}")
# Variables of this Python that must not reach the new virtual environment.
OWN_VARIABLES = ("PYTHON", "VIRTUAL_ENV")


def build(log: Log, app: Path, environment: Path) -> None:
    """Install an app's requirements, and nothing else, into a virtual environment.

    app: the folder that was pushed; environment: where to create the environment.

    Raises StepFailed where Heroku would reject the push.
    """
    log.add("-----> Python app detected")
    choose_python(log, app)
    expect_requirements(log, app)
    log.add("-----> Installing dependencies using 'pip install -r requirements.txt'")
    install(log, app, environment)


def reject(log: Log, lines: list[str], advice: str) -> StepFailed:
    """Log why a push is rejected; return the exception to raise."""
    log.add("\n".join([*lines, *heroku_messages.REJECTED]))
    return StepFailed(advice)


def choose_python(log: Log, app: Path) -> None:
    """Log which Python the app requires, and which one the rehearsal uses."""
    here = f"(The rehearsal uses this machine's Python {platform.python_version()}.)"
    file = app / ".python-version"
    if not file.exists():
        missing = "No Python version was specified. Using the buildpack default: Python"
        log.add(f"-----> {missing} {DEFAULT_PYTHON}\n{here}")
        return
    lines = map(str.strip, file.read_text("utf-8", "replace").splitlines())
    versions = [line for line in lines if line and not line.startswith("#")]
    error = ""
    if not versions:
        error = "No Python version found"
    elif len(versions) > 1:
        error = "Multiple Python versions found"
    elif not VERSION.fullmatch(versions[0]):
        error = "Invalid Python version"
    if error:
        advice = "Write one line into .python-version, such as 3.13, and commit it."
        raise reject(log, [heroku_messages.no_python_version(error)], advice)
    log.add(f"-----> Using Python {versions[0]} specified in .python-version\n{here}")


def expect_requirements(log: Log, app: Path) -> None:
    """Raise StepFailed unless there is exactly one list of requirements."""
    found = [name for name in PACKAGE_MANAGERS if (app / name).exists()]
    if not found:
        names = sorted(path.name for path in app.iterdir())
        listing = [f"{heroku_messages.ERROR}{name}" for name in names]
        advice = "Write a requirements.txt next to app.py, and commit it."
        raise reject(log, heroku_messages.NO_PACKAGE_MANAGER + listing, advice)
    if len(found) > 1:
        advice = f"Delete all but one of {', '.join(found)}: keep requirements.txt."
        raise reject(log, heroku_messages.SEVERAL_PACKAGE_MANAGERS, advice)
    if found != ["requirements.txt"]:
        raise UserError(
            f"The rehearsal only supports requirements.txt, and not {found[0]}."
        )


def build_environment() -> dict[str, str]:
    """Return the environment of installers, without variables of this Python."""
    names = [name for name in os.environ if not name.startswith(OWN_VARIABLES)]
    return {name: os.environ[name] for name in names} | {"NO_COLOR": "1"}


def install(log: Log, app: Path, environment: Path) -> None:
    """Install requirements.txt into a new environment; raise StepFailed if that fails.

    As on Heroku, packages of an earlier build are used again.
    """
    command = [*installer(), str(app / "requirements.txt"), str(environment)]
    status = run_program(command, app, build_environment(), log)
    if status == NOT_INSTALLED:
        raise reject(
            log,
            heroku_messages.NOT_INSTALLED,
            "Correct the line in requirements.txt that pip names, and commit it. (If "
            "pip cannot find any package, check this machine's connection to the "
            "internet.)",
        )
    if status:
        raise UserError(f"The virtual environment cannot be created: {log.lines[-1]}")

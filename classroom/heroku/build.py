"""What Heroku's Python buildpack does with what was pushed, as far as it matters."""

import importlib.util
import os
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from classroom.errors import UserError
from classroom.heroku import heroku_messages
from classroom.heroku.programs import run_program
from classroom.heroku.steps import Log, StepFailed

PACKAGE_MANAGERS = ["requirements.txt", "Pipfile.lock", "poetry.lock", "uv.lock"]
DEFAULT_PYTHON = "3.14"
VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){1,2}")
# What a virtual environment of its own must not be told.
OURS = ("PYTHON", "VIRTUAL_ENV")


def build(log: Log, app: Path, environment: Path) -> None:
    """Install an app's requirements, and nothing else, into a virtual environment.

    app: the folder that was pushed; environment: where to make the environment.

    Raises StepFailed where Heroku would refuse the push.
    """
    log.add("-----> Python app detected")
    choose_python(log, app)
    expect_requirements(log, app)
    log.add("-----> Installing dependencies using 'pip install -r requirements.txt'")
    make_environment(log, app, environment)
    install(log, app, environment)


def reject(log: Log, lines: list[str], advice: str) -> StepFailed:
    """Log why a push is refused; return the failure, to be raised."""
    log.add("\n".join([*lines, *heroku_messages.REJECTED]))
    return StepFailed(advice)


def choose_python(log: Log, app: Path) -> None:
    """Log which Python the app asks for, and which one there is here."""
    here = f"(The rehearsal uses the one that is here: {platform.python_version()}.)"
    file = app / ".python-version"
    if not file.exists():
        missing = "No Python version was specified. Using the buildpack default: Python"
        log.add(f"-----> {missing} {DEFAULT_PYTHON}\n{here}")
        return
    texts = map(str.strip, file.read_text("utf-8", "replace").splitlines())
    versions = [text for text in texts if text and not text.startswith("#")]
    problem = ""
    if not versions:
        problem = "No Python version found"
    elif len(versions) > 1:
        problem = "Multiple Python versions found"
    elif not VERSION.fullmatch(versions[0]):
        problem = "Invalid Python version"
    if problem:
        advice = "Write one line into .python-version, such as 3.13, and commit it."
        raise reject(log, [heroku_messages.no_python_version(problem)], advice)
    log.add(f"-----> Using Python {versions[0]} specified in .python-version\n{here}")


def expect_requirements(log: Log, app: Path) -> None:
    """Raise StepFailed unless it is plain what to install, and with what."""
    found = [name for name in PACKAGE_MANAGERS if (app / name).exists()]
    if not found:
        names = sorted(path.name for path in app.iterdir())
        listing = [f"{heroku_messages.ERROR}{name}" for name in names]
        advice = "Write a requirements.txt beside app.py, and commit it."
        raise reject(log, heroku_messages.NO_PACKAGE_MANAGER + listing, advice)
    if len(found) > 1:
        advice = f"Keep one of {', '.join(found)}: requirements.txt, as in this school."
        raise reject(log, heroku_messages.SEVERAL_PACKAGE_MANAGERS, advice)
    if found != ["requirements.txt"]:
        raise UserError(
            f"The rehearsal knows requirements.txt only, and not {found[0]}."
        )


def build_environment() -> dict[str, str]:
    """Return what installers find around them: the way to packages, not to ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    return kept | {"NO_COLOR": "1"}


def make_environment(log: Log, app: Path, environment: Path) -> None:
    """Make a virtual environment with nothing in it."""
    command = [sys.executable, "-m", "venv", "--without-pip", str(environment)]
    if run_program(command, app, build_environment(), log):
        raise UserError(f"No virtual environment can be made: {log.lines[-1]}")


def installers(environment: Path) -> Iterator[list[str]]:
    """Give the commands that may install something, up to "-r requirements.txt".

    environment: the virtual environment to install into.
    """
    target = ["--python", str(environment / "bin" / "python")]
    if importlib.util.find_spec("uv"):  # where learn.py has put it: much faster
        yield [sys.executable, "-m", "uv", "pip", "install", *target]
        # There may be no network, but what was installed before is still in its cache.
        yield [sys.executable, "-m", "uv", "pip", "install", "--offline", *target]
    pip = [sys.executable, "-m", "pip", *target, "install", "--no-input", "--no-color"]
    # Twice quiet, it says nothing but what is wrong.
    yield [*pip, "--quiet", "--quiet", "--retries", "1"]


def install(log: Log, app: Path, environment: Path) -> None:
    """Install what requirements.txt says; raise StepFailed if pip, too, cannot."""
    before = len(log.lines)
    for installer in installers(environment):
        del log.lines[before:]  # pip's words are those that Heroku would show
        command = [*installer, "-r", "requirements.txt"]
        if run_program(command, app, build_environment(), log) == 0:
            return
    raise reject(
        log,
        heroku_messages.NOT_INSTALLED,
        "Put right the line in requirements.txt that pip names, and commit it. (If "
        "pip could reach no package at all, connect this machine to the internet.)",
    )

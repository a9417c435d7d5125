"""Run the contract tests of the section against the deployed app."""

import io
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests
from rich.console import Console

from classroom.contract.report import print_contract
from classroom.contract.run import ContractRun, run_contract
from classroom.rehearsal.steps import Log, StepFailed
from classroom.sections import find_section
from classroom.server.client import Api
from classroom.server.launch import run_flask


@dataclass(frozen=True)
class Deployed:
    """A deployed app that is running.

    folder: the files of the app; address: its URL.
    variables: its environment variables, which its commands get, too.
    """

    folder: Path
    address: str
    variables: dict[str, str]

    def api(self) -> Api:
        """Return a new session for the app."""
        return Api(self.address)

    def flask(self, *arguments: str) -> str:
        """Run a command of the app, such as grant-admin; return what it prints.

        Raises ServerStartError, with its last lines of output, if it fails.
        """
        python = shutil.which("python", path=self.variables["PATH"])
        assert python  # that of its virtual environment
        return run_flask(self.folder, self.variables, *arguments, python=python)


def check(
    log: Log,
    number: str,
    deployed: Deployed,
    copy_output: Callable[[Log], None],
    advice: str,
) -> None:
    """Request the health checks, then check the promises of a section.

    number: the section, such as "07"; deployed: the app.
    copy_output: logs what the server has printed since the last call.
    advice: what to do if a promise is kept on this machine, but not there.

    Raises StepFailed if a response is not as promised.
    """
    check_health(log, number, deployed.address, copy_output)
    run = run_all(log, number, deployed)
    copy_output(log)
    report(log, run, advice)


def health_paths(number: str) -> list[str]:
    """Return the paths of the health checks, as the README of a section names them."""
    readme = (find_section(number).folder / "README.md").read_text(encoding="utf-8")
    return re.findall(r"`GET (/\S*(?:health|ready))`", readme)


def check_health(
    log: Log, number: str, address: str, copy_output: Callable[[Log], None]
) -> None:
    """Check that the process responds, and that its database does."""
    with Api(address) as api:
        for path in health_paths(number):
            try:
                status: object = api.get(path).status_code
            except requests.RequestException as error:
                status = type(error).__name__
            copy_output(log)
            log.add(f"GET {path}: {status}")
            if status != requests.codes.ok:
                raise StepFailed(f"Make the app respond to GET {path} with 200 OK.")


def run_all(log: Log, number: str, deployed: Deployed) -> ContractRun:
    """Run the contract tests of a section, and return their results."""
    counts = {"done": 0, "total": 0}

    def count(**new: int) -> None:
        counts.update(new)
        done = f"{counts['done']} of {counts['total']} promises"
        log.listener.progress(done)

    run = ContractRun(
        on_start=lambda total: count(total=total),
        on_step=lambda: count(done=counts["done"] + 1),
        server=deployed,
    )
    run_contract(number, deployed.address, run)
    return run


def report(log: Log, run: ContractRun, advice: str) -> None:
    """Log the results of the contract; raise StepFailed if a promise is broken."""
    printed = io.StringIO()
    # Plain text: otherwise, a console in a notebook would print there, in colours.
    console = Console(
        file=printed, color_system=None, soft_wrap=True, force_jupyter=False
    )
    kept = print_contract(run, console)
    log.add(printed.getvalue().strip())
    log.result = log.lines[-1]
    if not kept:
        raise StepFailed(
            "Fix the code that breaks a promise. If that is kept on your machine (see "
            f"learn.py check), {advice}."
        )

"""Run the contract tests of the section against the deployed app."""

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import requests
from rich.console import Console

from classroom.contract.report import print_contract
from classroom.contract.run import ContractRun, run_contract
from classroom.heroku.dyno import Dyno
from classroom.heroku.steps import Log, StepFailed
from classroom.server.client import Api
from classroom.server.launch import run_flask


@dataclass(frozen=True)
class Deployed:
    """A deployed app that is running.

    folder: the pushed files; address: the URL of the web process.
    config_vars: the environment variables of its dynos.
    """

    folder: Path
    address: str
    config_vars: dict[str, str]

    def api(self) -> Api:
        """Return a new session for the app."""
        return Api(self.address)

    def flask(self, *arguments: str) -> str:
        """Run a command, as heroku run flask would; return what it prints.

        Raises ServerStartError, with its last lines of output, if it fails.
        """
        python = shutil.which("python", path=self.config_vars["PATH"])
        assert python  # that of its virtual environment
        environment = self.config_vars | {"DYNO": "run.1"}
        return run_flask(self.folder, environment, *arguments, python=python)


def check(log: Log, web: Dyno, number: str, deployed: Deployed) -> None:
    """Request /health and /ready, then check the promises of a section.

    number: the section, such as "07"; deployed: the app of the web process.

    Raises StepFailed if a response is not as promised.
    """
    check_health(log, web, deployed.address)
    check_all(log, web, number, deployed)


def check_health(log: Log, web: Dyno, address: str) -> None:
    """Check that the process responds, and that its database does."""
    with Api(address) as api:
        for path in ("/health", "/ready"):
            try:
                status: object = api.get(path).status_code
            except requests.RequestException as error:
                status = type(error).__name__
            web.copy_output(log)
            log.add(f"GET {path}: {status}")
            if status != requests.codes.ok:
                raise StepFailed(f"Make the app respond to GET {path} with 200 OK.")


def check_all(log: Log, web: Dyno, number: str, deployed: Deployed) -> None:
    """Run the contract tests of a section; raise StepFailed if a promise is broken."""
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
    printed = io.StringIO()
    # Plain text: otherwise, a console in a notebook would print there, in colours.
    console = Console(
        file=printed, color_system=None, soft_wrap=True, force_jupyter=False
    )
    kept = print_contract(run, console)
    web.copy_output(log)
    log.add(printed.getvalue().strip())
    log.result = log.lines[-1]
    if not kept:
        raise StepFailed(
            "Fix the code that breaks a promise. If that is kept on your machine (see "
            f"learn.py check {number} --app), find out what is different on Heroku."
        )

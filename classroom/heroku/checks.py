"""Ask the app that was deployed for everything that its section promises."""

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import requests
from rich.console import Console

from classroom.contract.report import print_promises
from classroom.contract.run import PromiseCheck, check_promises
from classroom.heroku.dyno import Dyno
from classroom.heroku.steps import Log, StepFailed
from classroom.server.client import Api
from classroom.server.launch import run_flask


@dataclass(frozen=True)
class Deployed:
    """An app that was deployed, and runs.

    folder: what was pushed; address: where the web process listens.
    settings: what each of its dynos finds around it.
    """

    folder: Path
    address: str
    settings: dict[str, str]

    def api(self) -> Api:
        """Return a new session that talks to the app."""
        return Api(self.address)

    def flask(self, *words: str) -> str:
        """Run a command, as heroku run flask would; return what it prints.

        Raises ServerStartError, with its last lines of output, if it fails.
        """
        python = shutil.which("python", path=self.settings["PATH"])
        assert python  # that of its virtual environment
        environment = self.settings | {"DYNO": "run.1"}
        return run_flask(self.folder, environment, *words, python=python)


def check(log: Log, web: Dyno, number: str, deployed: Deployed) -> None:
    """Ask /health and /ready, then check the promises of a section.

    number: the section, such as "07"; deployed: the app whose web process that is.

    Raises StepFailed if an answer is not as promised.
    """
    check_health(log, web, deployed.address)
    check_all(log, web, number, deployed)


def check_health(log: Log, web: Dyno, address: str) -> None:
    """Ask whether the process is there, and then its database."""
    with Api(address) as api:
        for path in ("/health", "/ready"):
            try:
                status: object = api.get(path).status_code
            except requests.RequestException as error:
                status = type(error).__name__
            web.copy_output(log)
            log.add(f"GET {path}: {status}")
            if status != requests.codes.ok:
                raise StepFailed(f"Let the app answer GET {path} with 200 OK.")


def check_all(log: Log, web: Dyno, number: str, deployed: Deployed) -> None:
    """Run the contract tests of a section; raise StepFailed if a promise is broken."""
    counts = {"done": 0, "total": 0}

    def count(**new: int) -> None:
        counts.update(new)
        done = f"{counts['done']} of {counts['total']} promises"
        log.listener.progress(done)

    promises = PromiseCheck(
        on_start=lambda total: count(total=total),
        on_step=lambda: count(done=counts["done"] + 1),
        server=deployed,
    )
    check_promises(number, deployed.address, promises)
    text = io.StringIO()
    # Plain text: by itself, a console in a notebook would show it there, in colours.
    console = Console(file=text, color_system=None, soft_wrap=True, force_jupyter=False)
    kept = print_promises(promises, console)
    web.copy_output(log)
    log.add(text.getvalue().strip())
    log.result = log.lines[-1]
    if not kept:
        raise StepFailed(
            "Put right what is not as promised; if it is on your machine "
            f"(learn.py check {number} --app), look for what is different on Heroku."
        )

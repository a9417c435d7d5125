"""Run the contract tests of a section against a server."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from classroom.contract.failure import BrokenPromise, describe_failure
from classroom.contract.order import lesson_order
from classroom.contract.target import SERVER, ServerProtocol, read_admin
from classroom.sections import ROOT, find_section

MAX_TIMEOUTS = 3  # requests without a complete response, before the run is stopped


@dataclass
class ContractRun:
    """A pytest plugin that counts the kept promises and collects the broken ones.

    on_start: called with the number of promises; on_step: after each of them.
    server: the server, if its commands can be run as well.
    not_reached: promises that could not be checked, since their preparation failed.
    first_failure: the first of both.
    skipped: how many promises were not checked, for each reason.
    timeouts: how many requests had no complete response in time.
    timed_out: whether the rest was skipped, since there were too many of these.
    """

    on_start: Callable[[int], None]
    on_step: Callable[[], None]
    server: ServerProtocol | None = None
    kept: int = 0
    broken: list[BrokenPromise] = field(default_factory=list)
    not_reached: list[BrokenPromise] = field(default_factory=list)
    first_failure: BrokenPromise | None = None
    skipped: Counter[str] = field(default_factory=Counter)
    timeouts: int = 0
    timed_out: bool = False

    @property
    def failed(self) -> int:
        """How many promises do not hold, or could not be checked."""
        return len(self.broken) + len(self.not_reached)

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SERVER] = self.server
        # pytest's own tracebacks are not shown, and this is the quickest kind.
        config.option.tbstyle = "native"

    @pytest.hookimpl(
        trylast=True
    )  # after pytest has put tests with equal cases together
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lesson_order)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.on_start(len(session.items))

    def pytest_runtest_logfinish(self) -> None:
        self.on_step()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        if call.excinfo is not None and call.excinfo.errisinstance(
            pytest.skip.Exception
        ):
            self.skipped[str(call.excinfo.value)] += 1
        elif call.excinfo is not None:
            failures = self.broken if call.when == "call" else self.not_reached
            failures.append(describe_failure(item, call.excinfo.value))
            self.first_failure = self.first_failure or failures[-1]
            self.count_timeout(item.session, call.excinfo.value)
        elif call.when == "call":
            self.kept += 1
        return (yield)

    def count_timeout(self, session: pytest.Session, failure: BaseException) -> None:
        """Stop the run after several requests without a complete response."""
        self.timeouts += isinstance(failure, requests.Timeout)
        if self.timeouts == MAX_TIMEOUTS:
            self.timed_out = True
            session.shouldstop = "too many requests had no complete response"


def run_contract(
    number: str, target: str | Path, run: ContractRun, admin: str | None = None
) -> None:
    """Run the contract tests of a section against a server.

    number: the section, such as "03".
    target: the URL of the server; or the folder of an app, which the tests of a section
        beside the staircase serve themselves.
    run: collects the results.
    admin: "NAME:PASSWORD" of an admin. Without one, and without a server in run
        to create one, the promises about admins are skipped.

    Raises UserError if admin has another form, and RuntimeError if the tests
    cannot be run at all.
    """
    options = {
        "--rootdir": ".",
        "-c": "pyproject.toml",
        "-o": "addopts=",
        "--import-mode": "importlib",
        "--section": number,
        "--app" if isinstance(target, Path) else "--url": str(target),
    }
    if admin:
        read_admin(admin)
        options["--admin"] = admin
    arguments = [word for option in options.items() for word in option]
    # unraisableexception would report files that this process still has open.
    unwanted = ("terminal", "cacheprovider", "unraisableexception")
    for plugin in (
        "classroom.contract.pytest_plugin",
        *(f"no:{name}" for name in unwanted),
    ):
        arguments += ["-p", plugin]
    contract = find_section(number).contract.relative_to(ROOT)
    arguments += ["--disable-plugin-autoload", str(contract)]
    with chdir(ROOT):  # in whole paths, pytest would give a $ or a [ a meaning
        status = pytest.main(arguments, plugins=[run])
    if status == pytest.ExitCode.INTERRUPTED and not run.timed_out:
        raise KeyboardInterrupt
    if status not in range(pytest.ExitCode.INTERRUPTED + 1):
        raise RuntimeError(f"The contract tests did not run: {status!r}")

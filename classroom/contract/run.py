"""Ask a running server for everything that a section promises."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import pytest
import requests

from classroom.contract.failure import BrokenPromise, describe_failure
from classroom.contract.target import SERVER, ServerProtocol, read_admin
from classroom.sections import CONTRACT, ROOT

PATIENCE = 3  # requests in a row that a server may leave without an answer


@dataclass
class PromiseCheck:
    """A pytest plugin that collects the promises that were kept and the broken ones.

    on_start: called with the number of promises; on_step: after each of them.
    server: the server that is asked, if its commands can be run as well.
    not_reached: promises that could not be checked, as what they need went wrong.
    without_admin: how many promises were left out, since they need an admin.
    gave_up: whether the rest was not checked, since nothing answers any more.
    """

    on_start: Callable[[int], None]
    on_step: Callable[[], None]
    server: ServerProtocol | None = None
    kept: int = 0
    broken: list[BrokenPromise] = field(default_factory=list)
    not_reached: list[BrokenPromise] = field(default_factory=list)
    without_admin: int = 0
    silences: int = 0
    gave_up: bool = False

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SERVER] = self.server
        # Nobody sees pytest's own tracebacks, and this is the quickest kind.
        config.option.tbstyle = "native"

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
            self.without_admin += 1
        elif call.excinfo is not None:
            failures = self.broken if call.when == "call" else self.not_reached
            failures.append(describe_failure(item, call.excinfo.value))
            self.count_silence(item.session, call.excinfo.value)
        elif call.when == "call":
            self.kept += 1
            self.silences = 0
        return (yield)

    def count_silence(self, session: pytest.Session, failure: BaseException) -> None:
        """Give up on a server that has not answered at all, several times in a row."""
        self.silences += isinstance(failure, requests.Timeout)
        if self.silences == PATIENCE:
            self.gave_up = True
            session.shouldstop = "the server does not answer any more"


def check_promises(
    number: str, url: str, check: PromiseCheck, admin: str | None = None
) -> None:
    """Ask a running server for everything that a section promises.

    number: the section, such as "03"; url: where the server is.
    check: takes what was found.
    admin: "NAME:PASSWORD" of an admin there. Without one, and without a server in
        check to make one with, the promises about admins are left out.

    Raises UserError if admin is written in another form, and RuntimeError if the tests
    themselves cannot be run.
    """
    options = {
        "--rootdir": ROOT,
        "-c": ROOT / "pyproject.toml",
        "-o": "addopts=",
        "--import-mode": "importlib",
        "--section": number,
        "--url": url,
    }
    if admin:
        read_admin(admin)
        options["--admin"] = admin
    arguments = [str(word) for option in options.items() for word in option]
    # What this process may have left open is not the server's fault.
    unwanted = ("terminal", "cacheprovider", "unraisableexception")
    for plugin in (
        "classroom.contract.pytest_plugin",
        *(f"no:{name}" for name in unwanted),
    ):
        arguments += ["-p", plugin]
    arguments += ["--disable-plugin-autoload", str(CONTRACT)]
    status = pytest.main(arguments, plugins=[check])
    if status == pytest.ExitCode.INTERRUPTED and not check.gave_up:
        raise KeyboardInterrupt
    if status not in range(pytest.ExitCode.INTERRUPTED + 1):
        raise RuntimeError(f"The contract tests did not run: {status!r}")

"""What sections promise: the tests in tests/contract, each marked with @since."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Protocol

import pytest
import requests

from classroom.client import Api
from classroom.errors import Problem
from classroom.exchanges import name_status, request_text, response_text
from classroom.sections import CONTRACT, ROOT

PATIENCE = 3  # requests in a row that a server may leave without an answer


class Commandable(Protocol):
    """A server of which tests may also run commands, such as flask grant-admin."""

    def api(self) -> Api:
        """Return a new session that talks to the server."""

    def flask(self, *words: str) -> str:
        """Run a command of the section, and return what it prints."""


SERVER = pytest.StashKey[Commandable | None]()  # where the tests find it

# @since("03"), or @since("03", until="04") where section 04 does otherwise.
since = pytest.mark.since


def holds_in(number: str, mark: pytest.Mark) -> bool:
    """Return whether what is marked with @since holds in a section."""
    first: str = mark.args[0]
    until: str = mark.kwargs.get("until", "99")
    return first <= number < until


def read_admin(text: str) -> tuple[str, str]:
    """Return the username and the password of an admin, from "NAME:PASSWORD".

    Raises Problem if it is not written so.
    """
    name, colon, password = text.partition(":")
    if not colon:
        raise Problem("Say who is an admin as --admin NAME:PASSWORD.")
    return name, password


@dataclass(frozen=True)
class BrokenPromise:
    """A promise that was not kept.

    promise: what was promised, in words; check: the line that found it broken.
    sent: the request that was sent; came: what came back.
    test: the name of the test.
    """

    promise: str
    check: str
    sent: str
    came: str
    test: str


def describe_failure(test: pytest.Item, failure: BaseException) -> BrokenPromise:
    """Return what a failed contract test tells: its promise, and what was said."""
    assert isinstance(test, pytest.Function)
    check, exchange = "", None
    for entry in pytest.ExceptionInfo.from_exception(failure).traceback:
        if entry.path == test.path:
            check = str(entry.statement).strip()
            # The response that the line is about; else, below, the latest.
            for name, value in entry.frame.f_locals.items():
                if not re.search(rf"\b{name}\b", check):
                    continue
                if isinstance(value, requests.Response):
                    exchange = value
                elif isinstance(value, Api) and value.history:
                    exchange = value.history[-1]
    if isinstance(failure, requests.RequestException):
        exchange = failure.response  # or None, if nothing came
    elif exchange is None and isinstance(api := test.funcargs.get("api"), Api):
        exchange = api.history[-1] if api.history else None

    sent, came = "nothing", "nothing"
    if exchange is not None:
        sent = request_text(exchange.request)
        came = f"{name_status(exchange.status_code)}\n{response_text(exchange)}"
    elif isinstance(failure, requests.RequestException) and failure.request:
        sent = request_text(failure.request)  # type: ignore[arg-type]
        slow = isinstance(failure, requests.Timeout)
        came = f"no answer: {'it took too long' if slow else 'the connection failed'}"
    elif isinstance(failure, Problem):
        came = str(failure)
    promise = " ".join((test.function.__doc__ or test.name).split())
    return BrokenPromise(promise, check, sent, came, test.name)


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
    server: Commandable | None = None
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

    Raises Problem if admin is not written so, and RuntimeError if the tests themselves
    cannot be run.
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
    for plugin in ("classroom.pytest_plugin", *(f"no:{name}" for name in unwanted)):
        arguments += ["-p", plugin]
    arguments += ["--disable-plugin-autoload", str(CONTRACT)]
    status = pytest.main(arguments, plugins=[check])
    if status == pytest.ExitCode.INTERRUPTED and not check.gave_up:
        raise KeyboardInterrupt
    if status not in range(pytest.ExitCode.INTERRUPTED + 1):
        raise RuntimeError(f"The contract tests did not run: {status!r}")

"""Check the tests that a student writes: they must fail because of a bug only."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from classroom.errors import UserError
from classroom.exercises.common import log_in
from classroom.exercises.exercise import find_exercise
from classroom.exercises.finding import Finding
from classroom.exercises.workspace import write_start
from classroom.server import Server
from classroom.server.client import Api
from classroom.server.site import Site


class TestRun:
    """A pytest plugin that gives tests a session with a server, and counts them.

    address: the URL of the server.
    passed: how many tests have passed.
    failed: for each of the others, its name and its line, and whether an assertion
        failed, and not something else.
    """

    __test__ = False  # it has the name of a test, and is none

    def __init__(self, address: str) -> None:
        self.address = address
        self.passed = 0
        self.failed: list[tuple[str, bool]] = []

    @pytest.fixture
    def api(self) -> Iterator[Api]:
        """A session with the server, without a token."""
        with Api(self.address) as api:
            yield api

    @pytest.fixture
    def ana(self) -> Iterator[Api]:
        """A session with the server, where ana is logged in."""
        with Api(self.address) as api:
            log_in(api)
            yield api

    @pytest.fixture
    def site(self) -> Iterator[Site]:
        """A session with the server of a site: a browser without cookies."""
        with Site(self.address) as site:
            yield site

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that has passed."""
        self.passed += report.when == "call" and report.passed

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[None]
    ) -> None:
        """Describe a test that has failed, or a file that pytest cannot read."""
        assert call.excinfo is not None
        error = call.excinfo.value
        lines = [e.lineno + 1 for e in call.excinfo.traceback if e.path == node.path]
        if isinstance(error, pytest.Collector.CollectError) and error.__cause__:
            error = error.__cause__  # why the file cannot be imported
        first = (str(error).splitlines() or [""])[0]
        if isinstance(error, SyntaxError):
            first, lines = error.msg, [error.lineno or 0]
        place = ", line ".join([node.path.name, *map(str, lines[-1:])])
        described = f"{type(error).__name__}: {first} ({place})"
        self.failed.append((described, isinstance(error, AssertionError)))


def check_tests(
    name: str, file: str, settings: Mapping[str, object] | None = None
) -> Iterator[Finding]:
    """Run a student's tests on the section, and on the same app with a bug.

    name: the exercise, whose starting files have the bug; file: the tests.
    settings: what to set in app.config.
    """
    exercise = find_exercise(name)
    tests = exercise.own_folder / file
    done = tests.exists()
    text = f'You have the file {file}: start_exercise("{name}") makes it.'
    yield Finding(done, text)
    if not done:
        return
    correct = run_tests(tests, exercise.section.folder, settings)
    count = correct.passed + len(correct.failed)
    yield Finding(count > 0, f"{file} has a test: a function named test_….")
    note = f" ({correct.failed[0][0]})" if correct.failed else ""
    passes = count > 0 and not correct.failed
    yield Finding(passes, f"It passes where the bug is fixed.{note}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / exercise.section.folder.name
        write_start(exercise, folder)
        broken = run_tests(tests, folder, settings)
    found = any(is_assertion for _, is_assertion in broken.failed)
    note = f" ({broken.failed[0][0]})" if broken.failed and not found else ""
    yield Finding(passes and found, f"An assert in it fails because of the bug.{note}")


def run_tests(
    tests: Path, folder: Path, settings: Mapping[str, object] | None
) -> TestRun:
    """Run a file of tests on the app in a folder, with these settings."""
    with Server(folder, settings=settings) as server:
        run = TestRun(server.address)
        # pytest would neither import a module again nor, within a second, compile it.
        sys.modules.pop(tests.stem, None)
        writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        options = [f"--rootdir={tests.parent}", f"-c{os.devnull}", "--noconftest"]
        options += ["--import-mode=importlib", "--disable-plugin-autoload"]
        for plugin in ("terminal", "cacheprovider", "unraisableexception"):
            options += ["-p", f"no:{plugin}"]
        try:
            status = pytest.main([*options, str(tests)], plugins=[run])
        finally:
            sys.dont_write_bytecode = writes_bytecode
    if status == pytest.ExitCode.INTERRUPTED and not run.failed:
        raise KeyboardInterrupt
    if status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise UserError(f"pytest cannot run {tests.name}: {status!r}")
    return run

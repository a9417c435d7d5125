"""Where the tests find what they test: a section, a folder, or an address."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from classroom.client import Api
from classroom.sections import find_section
from classroom.serving import Server


@pytest.fixture(scope="session")
def address(section: str, module: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that runs the section, for as long as it is tested."""
    if request.config.option.url:
        yield request.config.option.url
        return
    app = request.config.option.app
    folder = Path(app) if app else find_section(section).folder
    with Server(folder, app=module) as server:
        yield server.address


@pytest.fixture(scope="session")
def needs() -> Callable[[object, str], None]:
    """A function that skips a test where a program is missing, but never in CI.

    It takes what was found of the program, and how to get it.
    """

    def skip_without(found: object, advice: str) -> None:
        if not found:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(advice)

    return skip_without


@pytest.fixture
def api(address: str) -> Iterator[Api]:
    """A session of its own with the section's server, for one test."""
    with Api(address) as session:
        yield session


@pytest.fixture
def at_once() -> Callable[[int, Callable[[int], object]], list[object]]:
    """A function that makes several calls at the same moment, and returns the results.

    It takes how many calls to make, and what to call with the number of each.
    """

    def call_all(how_many: int, call: Callable[[int], object]) -> list[object]:
        ready = threading.Barrier(how_many)

        def wait_and_call(number: int) -> object:
            ready.wait()
            return call(number)

        with ThreadPoolExecutor(how_many) as threads:
            return list(threads.map(wait_and_call, range(how_many)))

    return call_all

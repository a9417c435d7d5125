"""What contract tests share. They assume nothing of what a server already holds."""

import itertools
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from classroom.serving import Api

_run = secrets.token_hex(4)
_count = itertools.count(1)


@pytest.fixture
def new_name() -> Callable[[], str]:
    """A function that gives names nobody has used, in this run or an earlier one."""
    return lambda: f"test {_run} {next(_count)}"


@pytest.fixture
def store(api: Api, new_name: Callable[[], str]) -> str:
    """The path of a new, empty store."""
    name = new_name()
    api.post("/store", json={"name": name}).raise_for_status()
    return f"/store/{quote(name)}"


@pytest.fixture
def login() -> tuple[str, str]:
    """The username and password that every section knows while it is developed."""
    return "ana", "open-sesame"


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

"""Start the servers that are tested, or use the one that the options name."""

import gc
import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from classroom.contract.target import SERVER
from classroom.errors import UserError
from classroom.https.settings import expect_https_programs
from classroom.own_server.nginx import find_nginx
from classroom.sections import find_section
from classroom.server import NO_LIMITS, Server
from classroom.server.client import Api
from classroom.server.forked import preload
from classroom.server.mongodb import MongoDB
from classroom.server.mongodb_programs import find_mongodb
from classroom.server.postgres import Postgres
from classroom.server.postgres_programs import find_programs
from classroom.server.redis import Redis, find_redis
from classroom.server.section_server import DEFAULTS

# The tests start hundreds of processes. Without cached bytecode, each would take four
# times as long to import its modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# nbformat would import it, for over a second, for a check that no notebook needs.
sys.modules["rfc3987_syntax"] = None
# Processes in the background ignore Ctrl-C, but what the tests start must get it.
signal.signal(signal.SIGINT, signal.default_int_handler)
# A password hash takes a tenth of a second on purpose, and the tests make thousands.
# learn.py check and the rehearsal run the contract tests with more expensive hashes.
# (Below a cost of 128, Werkzeug gives scrypt less memory than OpenSSL requires.)
DEFAULTS["PASSWORD_HASH"] = "scrypt:128:1:1"
# One of several processes runs many tests, and starts dozens of servers, and kernels of
# notebooks, with what classroom imports.
if "PYTEST_XDIST_WORKER" in os.environ:
    preload("ipykernel.kernelapp", "IPython.display", "requests_toolbelt", "psutil")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect the tests without the garbage collector, since all of them stay.

    It would look through them again and again, for a quarter of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)  # in the same hook, pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Group the tests that share a server: one process runs all of them in a row.

    A group is the contract of a section, on one engine of the database if there are
    several; all that needs a browser; or the tests of another file without groups.
    """
    positions: dict[str, int] = {}  # of groups, in the order of their first tests
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            params = item.callspec.params if hasattr(item, "callspec") else {}
            group = item.path.stem
            if item.path.parent.name == "browser":
                group = "browser"
            if {"section", "module"} <= params.keys():  # those of the fixture server
                group = f"contract-{params['section']}-{params['module']}"
            if "engine" in params:  # those of the server of an app of its own
                group = f"{item.path.parent.name}-{params['engine']}"
            item.add_marker(pytest.mark.xdist_group(group))
        positions.setdefault(group_of(item), len(positions))
    yield  # to pytest, which has an order of its own
    items.sort(key=lambda item: positions[group_of(item)])


def group_of(item: pytest.Item) -> str:
    """Return the name of the group of a test."""
    name: str = item.get_closest_marker("xdist_group").args[0]
    return name


@pytest.fixture(scope="session")
def server(
    section: str,
    module: str,
    request: pytest.FixtureRequest,
) -> Iterator[Server | None]:
    """The server of the section, or None for one whose commands cannot be run."""
    if request.config.option.url:
        yield request.config.stash.get(SERVER, None)
        return
    app = request.config.option.app
    folder = Path(app) if app else find_section(section).folder
    with Server(folder, app=module, settings=NO_LIMITS) as server:
        yield server


@pytest.fixture(scope="session")
def address(server: Server | None, request: pytest.FixtureRequest) -> str:
    """The URL of the server of the section."""
    found: str = request.config.option.url or (server and server.address)
    return found


@pytest.fixture(scope="session")
def needs() -> Callable[[object, str], None]:
    """A function that skips a test where a program is missing, but never in CI.

    It takes the program, or None, and advice on how to install it.
    """

    def skip_without(found: object, advice: str) -> None:
        if not found:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(advice)

    return skip_without


@pytest.fixture(scope="session")
def postgres(needs: Callable[[object, str], None]) -> Iterator[Postgres]:
    """A temporary PostgreSQL server, which the first test that needs it starts."""
    if os.name == "nt":
        pytest.skip("on Windows, PostgreSQL needs WSL")
    try:
        find_programs()
    except UserError as error:
        needs(None, str(error))
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def nginx(needs: Callable[[object, str], None]) -> None:
    """Skip a test that needs nginx where it is missing, or where there is no Linux."""
    if sys.platform != "linux":
        pytest.skip("section 8 needs Linux")
    try:
        find_nginx()
    except UserError as error:
        needs(None, str(error))


@pytest.fixture(scope="session")
def https_programs(nginx: None, needs: Callable[[object, str], None]) -> None:
    """Skip a test that needs a certificate authority where its programs are missing."""
    try:
        expect_https_programs()
    except UserError as error:
        needs(None, str(error))


@pytest.fixture(scope="module")
def redis_server(needs: Callable[[object, str], None]) -> Iterator[Redis]:
    """A temporary Redis server for the tests of a module."""
    try:
        find_redis()
    except UserError as error:
        needs(None, str(error))
    with Redis() as server:
        yield server


@pytest.fixture(scope="session")
def mongodb(needs: Callable[[object, str], None]) -> Iterator[MongoDB]:
    """A temporary MongoDB server, which the first test that needs it starts."""
    if os.name == "nt":
        pytest.skip("on Windows, MongoDB needs WSL")
    try:
        find_mongodb()
    except UserError as error:
        needs(None, str(error))
    with MongoDB() as server:
        yield server


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Callable[[], str]:
    """A function that makes an empty database on it, and returns its URL."""
    count = itertools.count(1)
    return lambda: postgres.new_database(f"test_{next(count)}")


@pytest.fixture
def api(address: str) -> Iterator[Api]:
    """A session with the section's server, for one test."""
    with Api(address) as session:
        yield session


@pytest.fixture
def at_once() -> Callable[[int, Callable[[int], object]], list[object]]:
    """A function that makes several calls at the same time, and returns the results.

    It takes the number of calls, and the function to call with the index of each.
    """

    def call_all(how_many: int, call: Callable[[int], object]) -> list[object]:
        ready = threading.Barrier(how_many)

        def wait_and_call(number: int) -> object:
            ready.wait()
            return call(number)

        with ThreadPoolExecutor(how_many) as threads:
            return list(threads.map(wait_and_call, range(how_many)))

    return call_all

"""Where the tests find what they test: a section, a folder, or an address."""

import itertools
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from classroom.contract.target import SERVER
from classroom.errors import UserError
from classroom.sections import find_section
from classroom.server import NO_LIMITS, Server
from classroom.server.client import Api
from classroom.server.postgres import Postgres
from classroom.server.postgres_programs import find_programs

# Hundreds of processes are started. One that has to compile all that it imports takes
# four times as long, so whatever is set here, each of them keeps what it has compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# nbformat would import it for a check that no notebook needs, in each process for over
# a second.
sys.modules["rfc3987_syntax"] = None
# Where tests run in the background, Ctrl-C is ignored; what they start must hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)


class LoadServersScheduling(LoadFileScheduling):
    """Give a process the tests of a file at a time, or all of a section's contract.

    The section's server is started once for them.
    """

    def _split_scope(self, nodeid: str) -> str:
        contract = re.match(r"tests/contract/.*?\[(\d\d)", nodeid)
        return contract[1] if contract else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)  # where pytest runs without pytest-xdist
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Producer
) -> LoadServersScheduling:
    """Tell pytest-xdist, where there are several processes, which one runs what."""
    return LoadServersScheduling(config, log)


@pytest.fixture(scope="session")
def cheap_hashes() -> dict[str, str]:
    """Variables of a server that hashes passwords quickly: see its sitecustomize.py."""
    return {"PYTHONPATH": str(Path(__file__).with_name("quick_hashes"))}


@pytest.fixture(scope="session")
def server(
    section: str,
    module: str,
    cheap_hashes: dict[str, str],
    request: pytest.FixtureRequest,
) -> Iterator[Server | None]:
    """The server that runs the section, or None for one that we cannot command."""
    if request.config.option.url:
        yield request.config.stash.get(SERVER, None)
        return
    app = request.config.option.app
    folder = Path(app) if app else find_section(section).folder
    with Server(
        folder, app=module, settings=NO_LIMITS, variables=cheap_hashes
    ) as server:
        yield server


@pytest.fixture(scope="session")
def address(server: Server | None, request: pytest.FixtureRequest) -> str:
    """The address of the server that runs the section."""
    found: str = request.config.option.url or (server and server.address)
    return found


@pytest.fixture(scope="session")
def needs() -> Callable[[object, str], None]:
    """A function that skips a test where a program is missing, but never in CI.

    It takes what was found of the program, and how to get it.
    """

    def skip_without(found: object, advice: str) -> None:
        if not found:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(advice)

    return skip_without


@pytest.fixture(scope="session")
def postgres(needs: Callable[[object, str], None]) -> Iterator[Postgres]:
    """A PostgreSQL server to throw away, which is started once it is needed."""
    if os.name == "nt":
        pytest.skip("on Windows, PostgreSQL needs WSL")
    try:
        find_programs()
    except UserError as problem:
        needs(None, str(problem))
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Callable[[], str]:
    """A function that makes an empty database there, and returns its url."""
    count = itertools.count(1)
    return lambda: postgres.new_database(f"test_{next(count)}")


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

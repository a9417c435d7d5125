"""The site of section 12: a server for each engine of the database, and its users.

Each test that uses this fixture server, as site does, is a promise, which learn.py
check and the rehearsal check as well. It runs twice: on MongoDB and on mongomock.
"""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classroom.contract.target import SERVER, ServerProtocol, read_admin
from classroom.sections import find_section
from classroom.server import NO_LIMITS, Server
from classroom.server.site import Site

PASSWORD = "correct horse 12"
# A demo user, which exists except in production.
DEMO_ADMIN = {"email": "dean@example.edu", "password": "open-sesame"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on both engines; on one if it is quick, or an app that is given."""
    if "engine" in metafunc.fixturenames:
        option = metafunc.config.option
        engines = ["mongodb", "mongomock"]
        if option.url:
            engines = ["given"]
        elif option.app or option.once:  # --once is for quick tests
            engines = ["mongomock"]
        metafunc.parametrize("engine", engines, scope="session", indirect=True)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of the database: mongodb or mongomock."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def server(
    engine: str, request: pytest.FixtureRequest
) -> Iterator[ServerProtocol | None]:
    """The server of the site, or None for one whose commands cannot be run."""
    option = request.config.option
    if option.url:
        yield request.config.stash.get(SERVER, None)
        return
    folder = Path(option.app) if option.app else find_section("12").folder
    variables = {}
    if engine == "mongodb":
        url = request.getfixturevalue("mongodb").url
        variables["MONGO_URI"] = f"{url}/enrollment"
    with Server(folder, settings=NO_LIMITS, variables=variables) as server:
        if variables:  # without MONGO_URI, the site itself adds the courses
            server.flask("seed")
        yield server


@pytest.fixture(scope="session")
def address(server: ServerProtocol | None, request: pytest.FixtureRequest) -> str:
    """The URL of this server; pytest would keep that of an earlier one."""
    found: str = request.config.option.url or (server and server.address)
    return found


@pytest.fixture
def new_site(address: str) -> Iterator[Callable[[], Site]]:
    """A function that returns a session with the site: a browser without cookies."""
    sites: list[Site] = []

    def make() -> Site:
        sites.append(Site(address))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


@pytest.fixture
def site(new_site: Callable[[], Site]) -> Site:
    """A session with the site: a browser without cookies."""
    return new_site()


def fill_in() -> dict[str, str]:
    """Return what a new student fills in to register."""
    return {
        "email": f"ana-{secrets.token_hex(6)}@example.edu",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "first_name": "Ana",
        "last_name": "Lima",
    }


@pytest.fixture
def new_user() -> Callable[[], dict[str, str]]:
    """A function that returns what a new student fills in to register."""
    return fill_in


@pytest.fixture
def user(
    new_user: Callable[[], dict[str, str]], new_site: Callable[[], Site]
) -> dict[str, str]:
    """The fields of a student who has registered, and is not logged in."""
    values = new_user()
    assert new_site().submit("/register", **values).status_code == 200
    return values


@pytest.fixture
def login() -> Callable[[Site, dict[str, str]], Site]:
    """A function that logs a user in, in a session, and returns it."""

    def log_in(site: Site, user: dict[str, str]) -> Site:
        credentials = {name: user[name] for name in ("email", "password")}
        assert site.submit("/login", **credentials).status_code == 200
        return site

    return log_in


@pytest.fixture
def student(
    site: Site, user: dict[str, str], login: Callable[[Site, dict[str, str]], Site]
) -> Site:
    """A session in which a new student is logged in."""
    return login(site, user)


@pytest.fixture(scope="session")
def admin(
    request: pytest.FixtureRequest, server: ServerProtocol | None, address: str
) -> dict[str, str]:
    """The email address and the password of an admin, for all tests."""
    if given := request.config.option.admin:
        return dict(zip(("email", "password"), read_admin(given), strict=True))
    user = fill_in()
    with Site(address) as site:
        if site.submit("/login", **DEMO_ADMIN).status_code == 200:
            return DEMO_ADMIN
        if server is None:
            pytest.skip("they need an admin. Give --admin EMAIL:PASSWORD")
        site.submit("/register", **user)
    server.flask("grant-admin", user["email"])
    return user

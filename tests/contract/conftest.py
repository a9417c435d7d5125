"""What contract tests share. They assume nothing about the data of a server."""

import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from classroom.contract.target import ServerProtocol, read_admin
from classroom.server.client import Api

_run = secrets.token_hex(4)
_count = itertools.count(1)


@pytest.fixture
def new_name() -> Callable[[], str]:
    """A function that returns names that no run has used before."""
    return lambda: f"test {_run} {next(_count)}"


@pytest.fixture
def store(api: Api, new_name: Callable[[], str]) -> str:
    """The path of a new, empty store."""
    name = new_name()
    api.post("/store", json={"name": name}).raise_for_status()
    return f"/store/{quote(name)}"


@pytest.fixture(scope="session")
def login(address: str, section: str) -> tuple[str, str]:
    """The username and password of a user, who has just registered since section 05."""
    if section < "05":
        return "ana", "open-sesame"
    username, password = f"ana {_run} {next(_count)}", "open-sesame"
    new = {"username": username, "password": password}
    with Api(address) as api:
        api.post("/register", json=new).raise_for_status()
    return username, password


@pytest.fixture(scope="session")
def token(address: str, login: tuple[str, str]) -> str:
    """An access token of that user."""
    return get_token(address, *login)


def get_token(address: str, username: str, password: str) -> str:
    """Log a user in, and return the access token."""
    with Api(address) as api:
        reply = api.post("/login", json={"username": username, "password": password})
    reply.raise_for_status()
    token: str = reply.json()["access_token"]
    return token


@pytest.fixture
def ana(address: str, token: str) -> Iterator[Api]:
    """A session like api, of a user who is logged in."""
    with Api(address) as session:
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


@pytest.fixture
def reader(api: Api, section: str, request: pytest.FixtureRequest) -> Api:
    """A session that may read items: any; since section 11, a user's."""
    if section < "11":
        return api
    session: Api = request.getfixturevalue("ana")
    return session


@pytest.fixture(scope="session")
def admin_login(section: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The username and password of an admin, since section 11; before, of a user."""
    if section < "11":
        user: tuple[str, str] = request.getfixturevalue("login")
        return user
    if request.config.option.admin:
        return read_admin(request.config.option.admin)
    server: ServerProtocol | None = request.getfixturevalue("server")
    if server is None:
        pytest.skip("they need an admin. Give --admin NAME:PASSWORD")
    username, password = f"admin {_run} {next(_count)}", "open-sesame"
    new = {"username": username, "password": password}
    with server.api() as api:
        api.post("/register", json=new).raise_for_status()
    server.flask("grant-admin", username)
    return username, password


@pytest.fixture(scope="session")
def admin_token(address: str, admin_login: tuple[str, str]) -> str:
    """An access token of that admin."""
    return get_token(address, *admin_login)


@pytest.fixture
def admin(address: str, admin_token: str) -> Iterator[Api]:
    """A session that may delete items: a user's; since section 11, an admin's."""
    with Api(address) as session:
        session.headers["Authorization"] = f"Bearer {admin_token}"
        yield session


@pytest.fixture
def new_user(new_name: Callable[[], str]) -> dict[str, str]:
    """The username and password of a user who is not registered yet."""
    return {"username": new_name(), "password": "correct horse"}


@pytest.fixture
def user_id(api: Api, new_user: dict[str, str]) -> int:
    """The id of that user, who is registered now."""
    reply = api.post("/register", json=new_user)
    reply.raise_for_status()
    number: int = reply.json()["id"]
    return number


@pytest.fixture
def user(new_user: dict[str, str], user_id: int) -> dict[str, str]:
    """The username and password of a registered user."""
    return new_user


@pytest.fixture
def log_in(api: Api) -> Callable[[dict[str, str]], dict[str, str]]:
    """A function that logs a user in and returns the tokens: since section 11, two."""

    def get_tokens(user: dict[str, str]) -> dict[str, str]:
        reply = api.post("/login", json=user)
        reply.raise_for_status()
        tokens: dict[str, str] = reply.json()
        return tokens

    return get_tokens


@pytest.fixture
def bearer() -> Callable[[str], dict[str, str]]:
    """A function that returns the header which carries a token."""
    return lambda token: {"Authorization": f"Bearer {token}"}


@pytest.fixture
def store_id(ana: Api, new_name: Callable[[], str]) -> int:
    """The id of a new, empty store, since section 06."""
    reply = ana.post(f"/store/{new_name()}")
    reply.raise_for_status()
    number: int = reply.json()["id"]
    return number


@pytest.fixture
def priced(
    section: str, request: pytest.FixtureRequest
) -> Callable[[object], dict[str, object]]:
    """A function that returns the body of an item at a price.

    Since section 06, an item also says in which store it is.
    """
    store = {}
    if section >= "06":
        store["store_id"] = request.getfixturevalue("store_id")
    return lambda price: {"price": price, **store}


@pytest.fixture
def list_all() -> Callable[[Api, str], list[dict[str, object]]]:
    """A function that returns all things that a path such as /items lists to a session.

    Since section 06, lists come in pages.
    """

    def get_pages(session: Api, path: str) -> list[dict[str, object]]:
        found, page, last = [], 1, 1
        deadline = time.monotonic() + 60
        while page <= last:
            assert time.monotonic() < deadline, f"{path} has no last page"
            reply = session.get(path, params={"page": page, "page_size": 100})
            found += reply.json()[path.strip("/")]
            pages = json.loads(reply.headers.get("X-Pagination", "{}"))
            last = pages.get("last_page", 1)
            page += 1
        return found

    return get_pages

"""What contract tests share. They assume nothing of what a server already holds."""

import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from classroom.client import Api

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


@pytest.fixture(scope="session")
def login() -> tuple[str, str]:
    """The username and password that every section knows while it is developed."""
    return "ana", "open-sesame"


@pytest.fixture(scope="session")
def token(address: str, login: tuple[str, str]) -> str:
    """An access token of the user that every section knows."""
    username, password = login
    with Api(address) as api:
        reply = api.post("/login", json={"username": username, "password": password})
    reply.raise_for_status()
    text: str = reply.json()["access_token"]
    return text


@pytest.fixture
def ana(address: str, token: str) -> Iterator[Api]:
    """A session like api, of somebody who is logged in."""
    with Api(address) as session:
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


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
    """A function that gives the body of an item at a price.

    Since section 06, an item also says in which store it is.
    """
    store = {}
    if section >= "06":
        store["store_id"] = request.getfixturevalue("store_id")
    return lambda price: {"price": price, **store}


@pytest.fixture
def list_all(api: Api) -> Callable[[str], list[dict[str, object]]]:
    """A function that returns all things that a path such as /items lists.

    Since section 06, lists come in pages.
    """

    def get_pages(path: str) -> list[dict[str, object]]:
        found, page, last = [], 1, 1
        while page <= last:
            reply = api.get(path, params={"page": page, "page_size": 100})
            [things] = reply.json().values()
            found += things
            pages = json.loads(reply.headers.get("X-Pagination", "{}"))
            last = pages.get("last_page", 1)
            page += 1
        return found

    return get_pages

"""Fixtures for the vocabulary trainer: its server, its mailbox, and users.

Each test that uses the fixture server is a promise, which learn.py check checks, too.
On a server elsewhere, those that need mail are skipped: it arrives elsewhere.
"""

import importlib
import itertools
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from classroom.contract.target import SERVER, ServerProtocol
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api
from classroom.server.mailbox import Mailbox

FOLDER = find_section("13").folder
ORIGIN = "https://www.example.com"
PASSWORD = "correct horse"
SECONDS = 20.0  # that a mail may take

_run = secrets.token_hex(4)
_count = itertools.count(1)
_imported: dict[str, ModuleType] = {}  # of the section, between the tests


class User:
    """A user who has confirmed the address, with a session and a mailbox."""

    def __init__(self, api: Api, email: str, password: str = PASSWORD) -> None:
        self.api, self.email, self.password = api, email, password

    def log_in(self) -> None:
        """Log in: the session has the cookies, and sends the access token."""
        credentials = {"email": self.email, "password": self.password}
        reply = self.api.post("/api/auth/login", json=credentials)
        assert reply.status_code == 200, reply.text
        self.use(reply.json()["access_token"])
        self.id: int = reply.json()["user"]["id"]

    def use(self, token: str) -> None:
        """Send this access token from now on."""
        self.api.headers["Authorization"] = f"Bearer {token}"

    @property
    def csrf(self) -> dict[str, str]:
        """The header that a page reads from the cookie."""
        return {"X-CSRF-TOKEN": self.api.cookies["csrf_refresh_token"]}


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds; fail if it does not in time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.05)


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> Callable[[Callable[[], bool]], None]:
    """A function that waits until a condition holds, and fails if it does not."""
    return wait_until


def link_in(message: dict[str, Any]) -> str:
    """Return the path and the query of the first link in a message."""
    parts = urlsplit(re.search(r"https?://\S+", message["text"])[0])  # type: ignore[index]
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.fixture(scope="session")
def mailbox(request: pytest.FixtureRequest) -> Iterator[Mailbox]:
    """The mailbox that gets all mail of the server."""
    if request.config.option.url:
        pytest.skip("the mail of that server does not arrive here")
    with Mailbox(FOLDER) as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[ServerProtocol | None]:
    """The server, which sends to the mailbox; None for one elsewhere."""
    option = request.config.option
    if option.url:
        yield request.config.stash.get(SERVER, None)
        return
    port = request.getfixturevalue("mailbox").port
    settings = {"MAIL_PORT": port, "FRONTEND_ORIGINS": [ORIGIN]}
    folder = Path(option.app) if option.app else FOLDER
    with Server(folder, settings=settings) as server:
        yield server


@pytest.fixture(scope="session")
def address(server: ServerProtocol | None, request: pytest.FixtureRequest) -> str:
    """The URL of this server; pytest would keep that of an earlier one."""
    found: str = request.config.option.url or (server and server.address)
    return found


@pytest.fixture
def new_email() -> Callable[[], str]:
    """A function that returns addresses that no test has used before."""
    return lambda: f"test.{_run}.{next(_count)}@example.com"


@pytest.fixture
def email(new_email: Callable[[], str]) -> str:
    """An address that is not registered."""
    return new_email()


@pytest.fixture
def register(server: Server, mailbox: Mailbox) -> Callable[..., User]:
    """A function that registers a user, and opens the link in the mail."""

    def register(email: str, name: str = "María", log_in: bool = True) -> User:
        session = server.api()
        new = {"name": name, "email": email, "password": PASSWORD}
        assert session.post("/api/users", json=new).status_code == 202
        link = link_in(mailbox.wait_for(email))
        assert session.get(link, allow_redirects=False).status_code == 302
        user = User(session, email)
        if log_in:
            user.log_in()
        return user

    return register


@pytest.fixture
def user(register: Callable[..., User], email: str) -> User:
    """A user who is logged in."""
    return register(email)


@pytest.fixture(scope="session")
def admin(mailbox: Mailbox, server: Server) -> User:
    """The demo user as an admin."""
    server.flask("grant-admin", "ana@example.com")
    ana = User(server.api(), "ana@example.com", "open-sesame")
    ana.log_in()
    return ana


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """A function that imports a module of the section.

    After the test, all its modules are put aside: other sections have modules of the
    same names.
    """
    monkeypatch.syspath_prepend(FOLDER)
    sys.modules.update(_imported)
    yield importlib.import_module
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{FOLDER}/"):
            _imported[name] = sys.modules.pop(name)


@pytest.fixture
def make_app(
    load: Callable[[str], ModuleType], tmp_path: Path
) -> Iterator[Callable[..., Flask]]:
    """A function that makes the app, with its own database and without a thread."""
    made: list[Flask] = []

    def make(**settings: object) -> Flask:
        usual = {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/data.sqlite3",
            "PASSWORD_HASH": "scrypt:128:1:1",
            "MAIL_THREAD": False,
        }
        app: Flask = load("app").create_app(usual | settings)
        made.append(app)
        result = app.test_cli_runner().invoke(args=["init-db"])
        assert result.exit_code == 0, result.output
        return app

    yield make
    for app in made:
        with app.app_context():
            load("db").db.engine.dispose()

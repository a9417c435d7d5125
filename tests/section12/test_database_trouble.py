"""The database goes away and comes back, and the indexes that decide what is unique."""

import socket
import time
from contextlib import contextmanager

import pytest

from classroom.sections import find_section
from classroom.server import Server
from classroom.server.mongodb import MongoDB
from classroom.server.site import Site

FOLDER = find_section("12").folder
QUICK = {"MONGO_TIMEOUT": 0.2}  # seconds
USER = {
    "email": "ana@example.edu",
    "password": "correct horse",
    "password_confirm": "correct horse",
    "first_name": "Ana",
    "last_name": "Lima",
}


@pytest.fixture(scope="module")
def database(mongodb):
    """A MongoDB server that tests may stop; the fixture mongodb skips without one."""
    with MongoDB() as server:
        yield server


@contextmanager
def serving(url, **settings):
    """Serve the site on a database; yield a session with it."""
    variables = {"MONGO_URI": url}
    with Server(FOLDER, settings=QUICK | settings, variables=variables) as server:
        with Site(server.address) as site:
            yield site


def assert_unavailable(page):
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert page.headers["Content-Security-Policy"]
    assert "<h1>Service Unavailable</h1>" in page.text
    assert 'rel="stylesheet"' in page.text


def wait_until_ready(site):
    """Wait until the site has noticed that the database is back."""
    deadline = time.monotonic() + 10
    while site.get("/ready").status_code != 200:
        assert time.monotonic() < deadline


@pytest.mark.parametrize("kind", ["", "mongodb"], ids=["cookie", "database"])
def test_pages_are_503_while_the_database_is_gone(database, kind):
    """Wherever the sessions are stored."""
    with serving(f"{database.url}/gone-{kind}", SESSION_TYPE=kind) as site:
        site.submit("/register", **USER)
        site.submit("/login", email=USER["email"], password=USER["password"])

        database.halt()
        try:
            for path in "/", "/courses/", "/enrollment", "/no/such/page":
                assert_unavailable(site.get(path))
            assert list(site.get("/api/", auth=("ana", "x")).json()) == ["message"]
            assert site.get("/ready").status_code == 503
        finally:
            database.start()

        wait_until_ready(site)
        assert USER["email"] in site.get("/user").text  # still logged in


def test_addresses_are_unique_if_the_database_starts_later(database):
    with serving(f"{database.url}/later") as site:
        database.halt()
        try:
            assert_unavailable(site.get("/login"))
            assert site.get("/health").status_code == 200
        finally:
            database.start()

        wait_until_ready(site)
        statuses = [site.submit("/register", **USER).status_code for _ in range(2)]

        assert statuses == [200, 409]


def test_database_that_hangs_is_503_in_time():
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        port = hanging.getsockname()[1]
        with serving(f"mongodb://127.0.0.1:{port}/hangs") as site:
            start = time.monotonic()

            assert_unavailable(site.get("/courses/"))

            assert time.monotonic() - start < 5

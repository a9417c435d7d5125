"""Section 11 in several processes: a login that ends in one ends in all of them."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from classroom.sections import find_section
from classroom.server import Server

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")

ANA = {"username": "ana", "password": "open-sesame"}
SETTINGS = {
    "GUESS_LIMIT": "9999 per second",
    "ADDRESS_LIMIT": "9999 per second",
    "REFRESH_GRACE": 60,  # seconds: a slow machine takes its time for what is at once
}
CLIENTS = 8
# Each costs the hash of a password, so 50 ms of a processor: by hand, let it be 200.
LOGINS = int(os.environ.get("LOGINS", CLIENTS))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request):
    """A server with several processes, on a database of each kind."""
    settings, workers = dict(SETTINGS), 2
    if request.param == "postgresql":
        workers = 4
        url = request.getfixturevalue("new_database")()
        url = url.replace("postgres://", "postgresql+psycopg://", 1)
        settings["SQLALCHEMY_DATABASE_URI"] = url
    with Server(
        find_section("11").folder, settings=settings, workers=workers
    ) as server:
        yield server


def ask(server, request, token=None, body=None):
    """Return the response to a request such as "GET /items", on a new connection."""
    method, path = request.split()
    with server.api() as api:
        api.timeout = 30.0
        if token:
            api.headers["Authorization"] = f"Bearer {token}"
        return api.request(method, path, json=body)


def use_logins(server):
    """Log in, refresh and log out; return the unexpected responses."""
    wrong = []

    def expect(status, request, token=None, body=None):
        reply = ask(server, request, token, body)
        if reply.status_code != status:
            wrong.append(f"{request}: {reply.status_code} {reply.text}")
        return reply.json()

    tokens = expect(200, "POST /login", body=ANA)
    new = expect(200, "POST /refresh", tokens["refresh_token"])
    expect(200, "GET /items", new["access_token"])
    expect(200, "POST /logout", new["access_token"])
    for _ in range(3):  # most probably, other processes than the one that has ended it
        expect(401, "GET /items", new["access_token"])
        expect(401, "GET /items", tokens["access_token"])
    expect(401, "POST /refresh", new["refresh_token"])
    return wrong


def test_logins_end_in_all_processes_at_once(server):
    with ThreadPoolExecutor(CLIENTS) as clients:
        wrong = sum(clients.map(lambda _: use_logins(server), range(LOGINS)), [])

    assert wrong == []
    assert '"status": 5' not in server.output()


def test_incomplete_body_is_rejected_after_a_rate_limit_has_read_it(server):
    where = urlsplit(server.address)
    with socket.create_connection((where.hostname, where.port), 30) as connection:
        connection.sendall(
            b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\n{}xx0\r\n\r\n"
        )
        response = connection.makefile("rb").read()

    assert response.startswith(b"HTTP/1.1 400 ")


def test_many_refreshes_with_one_token_leave_one_login_alive(server, at_once):
    spent = ask(server, "POST /login", body=ANA).json()["refresh_token"]

    replies = at_once(8, lambda _: ask(server, "POST /refresh", spent))

    assert [reply.status_code for reply in replies] == [200] * 8
    newest = replies[-1].json()["refresh_token"]
    assert ask(server, "POST /refresh", newest).status_code == 200


def test_login_with_the_old_password_does_not_outlive_its_change(server, at_once):
    maria = {"username": f"maria {os.urandom(4).hex()}", "password": "correct horse"}
    ask(server, "POST /register", body=maria)
    fresh = ask(server, "POST /login", body=maria).json()["access_token"]
    change = {"old": "correct horse", "new": "another one"}

    def change_or_log_in(number):
        if number == 0:
            return ask(server, "POST /password", fresh, change)
        return ask(server, "POST /login", body=maria)

    changed, *logins = at_once(8, change_or_log_in)

    assert changed.status_code == 200
    for login in logins:
        assert login.status_code in (200, 401)
        token = login.json().get("access_token", "none")
        assert ask(server, "GET /items", token).status_code == 401

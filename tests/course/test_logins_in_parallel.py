"""Sections 11 and 14 in several processes: a login that ends in one ends in all."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from classroom.sections import find_section
from classroom.server import NO_LIMITS, Server

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")

ANA = {"username": "ana", "password": "open-sesame"}
SETTINGS = NO_LIMITS | {
    "REFRESH_GRACE_PERIOD": 60,  # seconds: simultaneous requests can take a while
}
CLIENTS = 8
LOGINS = int(os.environ.get("LOGINS", CLIENTS))  # set it to 1000 to search for races


@pytest.fixture(
    scope="module",
    params=[("11", "sqlite"), ("11", "postgresql"), ("14", "postgresql")],
    ids="-".join,
)
def server(request):
    """A server with several processes, on a database of each kind."""
    section, database = request.param
    settings, workers = dict(SETTINGS), 2
    if database == "postgresql":
        workers = 4
        url = request.getfixturevalue("new_database")()
        url = url.replace("postgres://", "postgresql+psycopg://", 1)
        settings["SQLALCHEMY_DATABASE_URI"] = url
    folder = find_section(section).folder
    with Server(folder, settings=settings, workers=workers) as server:
        yield server


def send(server, request, token=None, body=None):
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
        reply = send(server, request, token, body)
        if reply.status_code != status:
            wrong.append(f"{request}: {reply.status_code} {reply.text}")
        return reply.json()

    tokens = expect(200, "POST /login", body=ANA)
    new = expect(200, "POST /refresh", tokens["refresh_token"])
    expect(200, "GET /items", new["access_token"])
    expect(200, "POST /logout", new["access_token"])
    for _ in range(3):  # most probably, in other processes than the logout
        expect(401, "GET /items", new["access_token"])
        expect(401, "GET /items", tokens["access_token"])
    expect(401, "POST /refresh", new["refresh_token"])
    return wrong


def test_logins_end_in_all_processes_at_once(server):
    with ThreadPoolExecutor(CLIENTS) as clients:
        wrong = sum(clients.map(lambda _: use_logins(server), range(LOGINS)), [])

    assert wrong == []
    assert "Traceback" not in server.output()


def test_simultaneous_refreshes_with_one_token_all_succeed(server, at_once):
    rotated = send(server, "POST /login", body=ANA).json()["refresh_token"]

    replies = at_once(8, lambda _: send(server, "POST /refresh", rotated))

    assert [reply.status_code for reply in replies] == [200] * 8
    newest = replies[-1].json()["refresh_token"]
    assert send(server, "POST /refresh", newest).status_code == 200


def test_login_with_the_old_password_does_not_outlive_its_change(server, at_once):
    maria = {"username": f"maria {os.urandom(4).hex()}", "password": "correct horse"}
    send(server, "POST /register", body=maria)
    fresh = send(server, "POST /login", body=maria).json()["access_token"]
    change = {"old": "correct horse", "new": "another one"}

    def change_or_log_in(number):
        if number == 0:
            return send(server, "POST /password", fresh, change)
        return send(server, "POST /login", body=maria)

    changed, *logins = at_once(8, change_or_log_in)

    assert changed.status_code == 200
    for login in logins:
        assert login.status_code in (200, 401)
        token = login.json().get("access_token", "none")
        assert send(server, "GET /items", token).status_code == 401

"""gunicorn as sections 07 and 14 set it up: odd clients, and what is logged."""

import os
import select
import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from classroom.sections import find_section
from classroom.server import NO_LIMITS, Server, forked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")

FOLDERS = [find_section(number).folder for number in ("07", "14")]  # 11 is as 07
THREADS = 4  # of the worker

UNREAD = b"GET /items HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
READ = (
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n"
)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name[7:9])
def server(request):
    """A server of gunicorn with one worker, which is configured as on Heroku."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORWARDED_ALLOW_IPS", "*")
        patch.setenv("GUNICORN_CMD_ARGS", f"--threads {THREADS}")
        settings = NO_LIMITS | {"TRUSTED_PROXIES": 1}
        with Server(request.param, workers=1, settings=settings) as server:
            yield server


def send(server, data):
    """Send bytes to a server; return the connection."""
    url = urlsplit(server.address)
    connection = socket.create_connection((url.hostname, url.port), timeout=30)
    connection.sendall(data)
    return connection


@pytest.mark.parametrize("request_head", [UNREAD, READ], ids=["unread", "read"])
def test_bodies_that_never_come_do_not_block_other_clients(server, request_head):
    with ExitStack() as stack, server.api() as api:
        for _ in range(THREADS):
            stack.enter_context(send(server, request_head))
        began = time.monotonic()

        reply = api.get("/items")

        assert reply.status_code == 200
        assert time.monotonic() - began < 10


def test_response_is_not_sent_before_the_end_of_a_body(server):
    half = b"x" * 300_000
    head = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\n\r\n"
    with send(server, head.encode() + half) as connection:
        assert not select.select([connection], [], [], 0.5)[0]

        connection.sendall(half)

        assert connection.recv(100).startswith(b"HTTP/1.1 415")


@pytest.mark.parametrize("script", ["/other", "//other.example", "/"])
def test_client_cannot_move_the_app_to_another_path(server, script):
    maria = {"username": f"maria {len(script)}", "password": "correct horse"}
    headers = {"SCRIPT_NAME": script, "PATH_INFO": "/health"}
    with server.api() as api:
        reply = api.post("/register", json=maria, headers=headers)

    assert reply.status_code == 201
    assert reply.headers.get("Location", "/user/").startswith("/user/")


@pytest.mark.parametrize("other", ["X-Forwarded-Ssl", "X-Forwarded-Protocol"])
def test_contradicting_headers_of_a_proxy_are_accepted(server, other):
    headers = {"X-Forwarded-Proto": "https", other: "off"}
    with server.api() as api:
        assert api.get("/items", headers=headers).status_code == 200


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name[7:9])
def test_app_in_workers_is_left_out_of_garbage_collection(
    folder, tmp_path, monkeypatch
):
    # What a fork has imported is left out in any case: see fork_server.py.
    monkeypatch.delenv(forked.VARIABLE, raising=False)
    module = """
import gc
import app

def create_app():
    created = app.create_app()
    created.add_url_rule("/frozen", view_func=lambda: [gc.get_freeze_count()])
    return created
"""
    (tmp_path / "counting.py").write_text(module)
    path = {"PYTHONPATH": str(tmp_path)}
    with Server(folder, app="counting", workers=1, variables=path) as server:
        with server.api() as api:
            [objects] = api.get("/frozen").json()

    assert objects > 10_000

"""Many clients, several processes, and a server that is killed while it writes."""

import os
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from classroom.sections import find_section
from classroom.server import Server

needs_gunicorn = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")
LIMIT = 60  # seconds
ANA = {"username": "ana", "password": "open-sesame"}


def log_in(server):
    """Return a session of a user who is logged in."""
    api = server.api()
    reply = api.post("/login", json=ANA)
    api.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    return api


def item_body(section, api):
    """Return the body of an item; since section 06, in a new store."""
    if section < "06":
        return {"price": 15.99}
    store = api.post("/store/Corner Shop")
    return {"price": 15.99, "store_id": store.json()["id"]}


@pytest.fixture(scope="module", params=["05", "06"])
def section(request):
    return request.param


@pytest.fixture(scope="module")
def one_worker(section):
    """A server with one gunicorn worker, for all requests that it rejects."""
    with Server(find_section(section).folder, workers=1) as server:
        yield server


@needs_gunicorn
def test_four_processes_serve_64_clients(section, at_once):
    with Server(find_section(section).folder, workers=1) as server:
        log_in(server)  # now the first start has created the tables
        server.workers = 4
        server.restart()
        api = log_in(server)
        body = item_body(section, api)

        same = at_once(64, lambda _: api.post("/item/Chair", json=body).status_code)
        own = at_once(64, lambda n: api.post(f"/item/{n}", json=body).status_code)
        put = at_once(64, lambda _: api.put("/item/Table", json=body).status_code)

        assert sorted(same) == [201] + [409] * 63
        assert own == [201] * 64
        assert sorted(put) == [200] * 63 + [201]
        names = {n for n in range(64) if api.get(f"/item/{n}").status_code == 200}
        assert names == set(range(64))


def test_server_killed_while_writing_loses_no_acknowledged_item(section):
    acknowledged, enough = [], threading.Event()

    def write(server, number, body, token):
        with server.api() as api:
            api.headers["Authorization"] = token
            for count in range(10_000):
                name = f"{number} {count}"
                try:
                    reply = api.post(f"/item/{name}", json=body)
                except requests.RequestException:
                    return  # the server is gone
                assert reply.status_code == 201
                acknowledged.append(name)
                if len(acknowledged) >= 40:
                    enough.set()

    with Server(find_section(section).folder) as server:
        api = log_in(server)
        body, token = item_body(section, api), api.headers["Authorization"]
        clients = [
            threading.Thread(target=write, args=(server, number, body, token))
            for number in range(4)
        ]
        for client in clients:
            client.start()
        assert enough.wait(LIMIT)
        server.kill()
        for client in clients:
            client.join()

        server.start()
        api = log_in(server)
        lost = [n for n in acknowledged if api.get(f"/item/{n}").status_code != 200]

    assert len(acknowledged) >= 40
    assert lost == []


def test_everything_survives_a_restart(section):
    with Server(find_section(section).folder) as server:
        api = log_in(server)
        maria = {"username": "maria", "password": "correct horse"}
        api.post("/register", json=maria)
        chair = api.post("/item/Chair", json=item_body(section, api))

        server.restart()

        again = log_in(server)
        assert again.get("/item/Chair").json() == chair.json()
        assert again.post("/login", json=maria).status_code == 200
        again.headers["Authorization"] = api.headers["Authorization"]
        assert again.delete("/item/Chair").status_code == 200


@needs_gunicorn
@pytest.mark.parametrize("chunk", [b"zz\r\n{}\r\n", b"-5\r\n{}\r\n", b"2\r\n{}xx"])
def test_broken_chunks_are_rejected_by_gunicorn_as_well(one_worker, chunk):
    where = urlsplit(one_worker.address)
    with socket.create_connection((where.hostname, where.port), LIMIT) as connection:
        connection.sendall(
            b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + chunk
            + b"0\r\n\r\n"
        )
        response = connection.makefile("rb").read()

    assert response.startswith(b"HTTP/1.1 400 ")
    assert b"application/json" in response

"""Section 07 with gunicorn and PostgreSQL, under load and during failures."""

import os
import re
import secrets
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import ServerGone

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")

FOLDER = find_section("07").folder
ANA = {"username": "ana", "password": "open-sesame"}


def for_sqlalchemy(url):
    """Return settings for a database with a URL of Heroku's form."""
    url = url.replace("postgres://", "postgresql+psycopg://", 1)
    return {"SQLALCHEMY_DATABASE_URI": url}


@pytest.fixture(scope="module")
def database(new_database):
    """The URL of an empty database."""
    return new_database()


@pytest.fixture(scope="module")
def server(database):
    """The section, served by two processes of gunicorn, on an empty database."""
    settings = for_sqlalchemy(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUNICORN_CMD_ARGS", "--access-logfile -")  # as on Heroku
        with Server(FOLDER, settings=settings, workers=2) as server:
            yield server


def log_in(server):
    """Return a session that is logged in as ana."""
    api = server.api()
    reply = api.post("/login", json=ANA)
    api.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    return api


def wait_for(condition, seconds=10.0):
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Load:
    """Clients that write and read until they are stopped, and count the responses.

    statuses: how often each was received; acknowledged: the names of created items;
    resets: how often a connection ended without a response.
    """

    def __init__(self, server, clients=6):
        self.server = server
        self.statuses, self.acknowledged, self.resets = Counter(), [], 0
        self.stopped = threading.Event()
        api = log_in(server)
        self.token = api.headers["Authorization"]
        self.name = secrets.token_hex(4)
        self.store_id = api.post(f"/store/{self.name}").json()["id"]
        self.clients = [
            threading.Thread(target=self.work, args=(number,))
            for number in range(clients)
        ]

    def work(self, number):
        body = {"price": 15.99, "store_id": self.store_id}
        with self.server.api() as api:
            api.headers["Authorization"] = self.token
            for count in range(1_000_000):
                if self.stopped.is_set():
                    return
                name = f"{self.name} {number} {count}"
                try:
                    made = api.put(f"/item/{name}", json=body).status_code
                    self.statuses[made] += 1
                    if made in (200, 201):
                        self.acknowledged.append(name)
                    found = api.get(f"/item/{name}").status_code
                    self.statuses[found] += 1
                except ServerGone:  # the worker was killed
                    self.resets += 1
                    api.close()

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *error):
        self.stop()

    def stop(self):
        """Stop the clients, and wait until they have ended."""
        self.stopped.set()
        for client in self.clients:
            client.join()

    def lost(self):
        """Return the acknowledged items that are missing."""
        with self.server.api() as api:
            api.headers["Authorization"] = self.token
            names, page, pages = set(), 0, 1
            while page < pages:
                page += 1
                reply = api.get("/items", params={"page": page, "page_size": 100})
                names |= {item["name"] for item in reply.json()["items"]}
                total = re.search(r'"last_page": (\d+)', reply.headers["X-Pagination"])
                pages = int(total[1])
        return set(self.acknowledged) - names


def workers_of(server):
    """Return the gunicorn workers."""
    return server.process.children()


def test_request_is_one_line_of_the_log_without_its_query(server):
    with server.api() as api:
        api.get("/items?token=in-the-query")

    wait_for(lambda: "items" in server.output())  # it is logged after the response
    [line] = [line for line in server.output().splitlines() if "items" in line]
    assert re.fullmatch(r"GET /items 200 \d+ms", line)


def test_no_request_fails_under_load(server):
    with Load(server) as load:
        wait_for(lambda: len(load.acknowledged) > 100, 30)

    assert set(load.statuses) == {200, 201}
    assert load.resets == 0
    assert load.lost() == set()


@pytest.mark.parametrize(
    ("path", "size", "status"), [("/login", 1_200_000, 413), ("/item/x", 200_000, 401)]
)
def test_response_to_a_body_that_was_not_read_arrives(server, path, size, status):
    headers = {"Content-Type": "application/json"}
    for _ in range(10):
        with server.api() as api:  # gunicorn closes the connection after that
            reply = api.post(path, data=b"x" * size, headers=headers)

        assert reply.status_code == status


def test_killed_workers_lose_nothing_that_was_acknowledged(server):
    with Load(server) as load:
        for _ in range(3):
            victim = workers_of(server)[0]
            so_far = len(load.acknowledged)
            victim.kill()
            wait_for(lambda so_far=so_far: len(load.acknowledged) > so_far + 20, 20)
            wait_for(lambda: len(workers_of(server)) == 2)

    assert set(load.statuses) == {200, 201}
    assert load.lost() == set()


def test_app_survives_a_restart_of_the_database(server, postgres):
    api = server.api()
    assert [api.get("/ready").status_code for _ in range(8)] == [200] * 8
    wait_for(lambda: len(workers_of(server)) == 2)
    workers = workers_of(server)

    postgres.halt()
    try:
        down = [api.get(path) for path in ("/ready", "/items", "/store/x") * 4]
        alive = api.get("/health")
    finally:
        postgres.start()
    up = [api.get(path) for path in ("/ready", "/items") * 8]

    assert alive.status_code == 200
    assert {reply.status_code for reply in down} == {503}
    assert all(reply.headers["Retry-After"] for reply in down)
    assert {reply.status_code for reply in up} == {200}
    assert workers_of(server) == workers


@contextmanager
def hanging(postgres):
    """Suspend all processes of PostgreSQL; the system still accepts connections."""
    suspended = []
    for process in psutil.Process(postgres.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            process.suspend()
            suspended.append(process)
    try:
        yield
    finally:
        for process in suspended:
            with suppress(psutil.NoSuchProcess):
                process.resume()


@contextmanager
def locked(url):
    """Lock a table, as a migration does."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE items IN ACCESS EXCLUSIVE MODE")
        yield


def count_waiting(url):
    """Return how many connections of the database wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def ask_in_parallel(server, at_once, *paths):
    """Send requests at the same time; return the responses, and the longest time."""

    def ask(number):
        with server.api() as api:
            api.timeout = 20
            reply = api.get(paths[number])
            return reply, reply.elapsed.total_seconds()

    replies = at_once(len(paths), ask)
    return [reply for reply, _ in replies], max(seconds for _, seconds in replies)


@pytest.mark.parametrize("trouble", ["hanging", "locked"])
def test_app_does_not_wait_for_a_database_that_hangs(
    server, postgres, database, at_once, trouble
):
    paths = ["/items", "/item/x", "/items", "/items"]
    ask_in_parallel(server, at_once, *paths * 2)  # each worker has connections
    context = hanging(postgres) if trouble == "hanging" else locked(database)

    with context:
        replies, seconds = ask_in_parallel(server, at_once, *paths)
        if trouble == "locked":
            assert count_waiting(database) == 0
        with ThreadPoolExecutor(1) as thread:
            more = thread.submit(ask_in_parallel, server, at_once, *["/items"] * 20)
            time.sleep(0.5)
            alive, alive_after = ask_in_parallel(server, at_once, "/health")
            others, others_after = more.result()
    up, _ = ask_in_parallel(server, at_once, *paths[:3] * 3)

    assert [reply.status_code for reply in replies + others] == [503] * 24
    assert all(reply.headers["Retry-After"] for reply in replies + others)
    assert max(seconds, others_after) < 10
    assert alive[0].status_code == 200
    assert alive_after < 5  # even if one worker has all other requests
    assert {reply.status_code for reply in up} <= {200, 404}


def test_health_of_section_14_does_not_wait_behind_others(
    new_database, postgres, at_once
):
    """Even if many more requests than threads need a database that hangs."""
    settings, folder = for_sqlalchemy(new_database()), find_section("14").folder
    many = ["/items", "/stores"] * 15

    with Server(folder, settings=settings, workers=2) as server, hanging(postgres):
        replies, seconds = ask_in_parallel(server, at_once, *many)
        with ThreadPoolExecutor(1) as thread:
            more = thread.submit(ask_in_parallel, server, at_once, *many)
            time.sleep(0.1)
            alive, alive_after = ask_in_parallel(server, at_once, *["/health"] * 4)
            others, _ = more.result()

    assert {reply.status_code for reply in replies + others} == {503}
    assert seconds < 10
    assert {reply.status_code for reply in alive} == {200}
    assert alive_after < 2


def test_restart_of_the_database_between_requests_costs_no_request(server, postgres):
    with server.api() as api:
        before = [api.get("/items").status_code for _ in range(8)]

        postgres.halt()
        postgres.start()

        assert [api.get("/items").status_code for _ in range(8)] == before == [200] * 8


def send_half_a_login(server):
    """Send part of a request; return the connection and the rest of the body."""
    where = urlsplit(server.address)
    connection = socket.create_connection((where.hostname, where.port), 20)
    body = b'{"username": "ana", "password": "open-sesame"}'
    connection.sendall(
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body[:5])
    )
    return connection, body[5:]


def has_a_client(worker, server):
    """Return whether a process has a connection with a client."""
    port = urlsplit(server.address).port
    found = [c for c in worker.net_connections() if c.laddr.port == port]
    return any(connection.status == psutil.CONN_ESTABLISHED for connection in found)


def test_running_requests_end_before_the_server_does(server):
    process = psutil.Process(server.process.pid)
    workers, started = process.children(), []

    def every_worker_has_begun():
        started.append(send_half_a_login(server))
        return all(has_a_client(worker, server) for worker in workers)

    wait_for(every_worker_has_begun)
    process.send_signal(signal.SIGTERM)
    wait_for(lambda: "Handling signal: term" in server.output())
    for connection, rest in started:
        connection.sendall(rest)
    responses = []
    for connection, _ in started:
        with connection, connection.makefile("rb") as reader:
            responses.append(reader.read())

    assert all(each.startswith(b"HTTP/1.1 200 ") for each in responses)
    assert all(b"access_token" in each for each in responses)
    assert server.process.wait(timeout=20) == 0
    assert psutil.wait_procs(workers, timeout=1)[1] == []


def test_recycled_workers_of_section_14_lose_no_request(new_database, monkeypatch):
    """With the setting max_requests, a worker ends after so many requests."""
    monkeypatch.setenv(
        "GUNICORN_CMD_ARGS", "--max-requests 40 --max-requests-jitter 10"
    )
    settings = for_sqlalchemy(new_database())
    folder = find_section("14").folder

    with Server(folder, settings=settings, workers=2) as server, Load(server) as load:
        wait_for(lambda: server.output().count("Booting worker") > 4, 30)
        load.stop()

        assert set(load.statuses) == {200, 201}
        assert load.resets == 0
        assert load.lost() == set()

"""Section 14 limits guesses in several processes, which count in one Redis."""

import itertools
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from classroom.sections import find_section
from classroom.server import Server

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows, it needs WSL")


@pytest.fixture(scope="module")
def servers(redis_server):
    """Two servers with different databases, which count in the same Redis."""
    settings = {
        "RATELIMIT_STORAGE_URI": redis_server.url,
        "TRUSTED_PROXIES": 1,  # so that each test can have addresses of its own
        "GUESS_LIMIT": "4 per hour",  # longer than any test takes
    }
    folder = find_section("14").folder
    with (
        Server(folder, settings=settings) as one,
        Server(folder, settings=settings) as two,
    ):
        yield one, two


def log_in(server, address, **body):
    """Return the status of a login from an IP address, with a body."""
    headers = {"X-Forwarded-For": address}
    with server.api() as api:
        return api.post("/login", json=body, headers=headers).status_code


def guesses(server, how_many, address):
    """Return the statuses of several logins with a wrong password."""
    login = {"username": "ana", "password": "wrong"}
    return [log_in(server, address, **login) for _ in range(how_many)]


def test_two_processes_count_together_and_after_a_restart(servers):
    one, two = servers

    assert guesses(one, 2, "10.0.0.1") == [401] * 2
    assert guesses(two, 3, "10.0.0.1") == [401] * 2 + [429]
    assert guesses(one, 1, "10.0.0.1") == [429]
    one.restart()
    assert guesses(one, 1, "10.0.0.1") == [429]


@pytest.mark.parametrize("username", ["Zoë", "a b/c:d", "x" * 100_000], ids=len)
def test_every_username_is_counted_in_redis(servers, username):
    login = {"username": username, "password": "wrong"}

    statuses = [log_in(server, "10.0.0.2", **login) for server in servers * 3]

    assert statuses == [401] * 4 + [429] * 2


def test_right_password_works_from_another_address_during_an_attack(servers):
    one, two = servers

    statuses = guesses(one, 20, "10.0.0.3")

    assert statuses == [401] * 4 + [429] * 16
    for server in servers:
        right = {"username": "ana", "password": "open-sesame"}
        assert log_in(server, "10.0.0.4", **right) == 200


def test_without_redis_each_process_counts_alone(servers, redis_server):
    one, two = servers
    redis_server.halt()
    try:
        assert guesses(one, 5, "10.0.0.5") == [401] * 4 + [429]
        assert guesses(two, 1, "10.0.0.5") == [401]
        assert "falling back to in-memory" in one.output()
    finally:
        redis_server.start()


def test_redis_counts_again_after_a_restart(servers, redis_server):
    one, two = servers
    redis_server.halt()
    guesses(one, 1, "10.0.0.6")
    redis_server.start()

    def count_together(number):
        address = f"10.1.0.{number}"
        return [*guesses(one, 4, address), *guesses(two, 1, address)][-1] == 429

    deadline, numbers = time.monotonic() + 60, itertools.count()
    while not count_together(next(numbers)):
        assert time.monotonic() < deadline


def test_redis_that_hangs_delays_parallel_logins_by_a_few_seconds(
    servers, redis_server, at_once
):
    one, _ = servers
    [process] = redis_server.process.children()
    began = time.monotonic()
    process.suspend()
    try:
        statuses = at_once(8, lambda number: guesses(one, 1, f"10.2.0.{number}")[0])
    finally:
        process.resume()

    assert statuses == [401] * 8
    assert time.monotonic() - began < 10


def test_redis_that_ends_during_parallel_logins_causes_no_error(servers, redis_server):
    _, two = servers
    ended = threading.Event()

    def log_in_until_it_ends(client):
        statuses = []
        while not ended.is_set():
            statuses += guesses(two, 1, f"10.3.{client}.{len(statuses)}")
        return set(statuses)

    with ThreadPoolExecutor(8) as clients:
        found = clients.map(log_in_until_it_ends, range(8))
        redis_server.halt()
        assert guesses(two, 1, "10.3.9.0") == [401]
        ended.set()
    redis_server.start()

    assert set.union(*found) == {401}

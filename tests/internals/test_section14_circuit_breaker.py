"""Section 14 does not wait for a database that hangs."""

import pytest
from sqlalchemy.exc import TimeoutError


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def monotonic(self):
        return self.now


class Database:
    """A database that takes some seconds to connect, and then may fail."""

    def __init__(self, clock):
        self.clock = clock
        self.attempts = 0
        self.seconds, self.is_broken = 0, False
        self.meanwhile = lambda: None

    def connect(self):
        self.attempts += 1
        self.meanwhile()
        self.clock.now += self.seconds
        if self.is_broken:
            raise OSError
        return self

    def rollback(self):
        """Be like a connection."""

    close = rollback


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(clock):
    return Database(clock)


@pytest.fixture
def breaker(load, monkeypatch, clock):
    """The module, whose time is that of the test."""
    module = load("14", "circuit_breaker")
    monkeypatch.setattr(module, "time", clock)
    return module


@pytest.fixture
def pool(breaker, database):
    return breaker.CircuitBreakerPool(database.connect)


def hang(database):
    database.seconds, database.is_broken = 4, True


def recover(database):
    database.seconds, database.is_broken = 0, False


def test_database_that_hangs_is_not_tried_for_a_while(breaker, pool, database, clock):
    hang(database)
    with pytest.raises(OSError):
        pool.connect()

    clock.now += breaker.PAUSE - 1
    for _ in range(3):
        with pytest.raises(TimeoutError):
            pool.connect()

    assert database.attempts == 1


def test_after_a_while_only_one_request_tries_again(breaker, pool, database, clock):
    hang(database)
    with pytest.raises(OSError):
        pool.connect()
    clock.now += breaker.PAUSE

    def connect_again():
        with pytest.raises(TimeoutError):
            pool.connect()

    database.meanwhile = connect_again
    with pytest.raises(OSError):
        pool.connect()

    assert database.attempts == 2


def test_database_that_responds_again_is_used_at_once(breaker, pool, database, clock):
    hang(database)
    with pytest.raises(OSError):
        pool.connect()
    clock.now += breaker.PAUSE
    recover(database)

    for _ in range(3):
        pool.connect().close()

    assert pool.retry_at == 0


def test_database_that_is_not_running_is_tried_each_time(pool, database):
    database.is_broken = True

    for _ in range(3):
        with pytest.raises(OSError):
            pool.connect()

    assert database.attempts == 3


def test_app_uses_it_and_responds_503(make_app, breaker, clock):
    app = make_app("14")
    with app.app_context():
        pool = app.extensions["sqlalchemy"].engine.pool
    pool.retry_at = clock.now + 1

    reply = app.test_client().get("/items")

    assert reply.status_code == 503
    assert reply.headers["Retry-After"]
    assert app.test_client().get("/health").status_code == 200
    clock.now += 1
    assert app.test_client().get("/items").status_code == 200

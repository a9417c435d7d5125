"""Guesses of a password are counted by each worker, or by a Redis for all of them."""

import os

import pytest

from classroom.errors import ServerStartError, UserError
from classroom.experiments import guessing
from classroom.experiments.guessing import guess_until_refused
from classroom.sections import find_section
from classroom.server import Server, redis
from classroom.server.redis import Redis, find_redis

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows, it needs WSL")
QUICK = {"PASSWORD_HASH": "scrypt:1024:8:1", "GUESS_LIMIT": "10 per hour"}


def count_guesses(**settings):
    """Return how many guesses two workers of section 14 test."""
    folder = find_section("14").folder
    with (
        Server(folder, workers=2, settings=QUICK | settings) as server,
        server.api() as api,
    ):
        return guess_until_refused(api, "ana")


def test_two_workers_count_for_themselves():
    assert count_guesses() == 20


def test_two_workers_count_together_in_redis(redis_server):
    assert count_guesses(RATELIMIT_STORAGE_URI=redis_server.url) == 10


def test_server_without_limits_is_a_user_error(monkeypatch):
    monkeypatch.setattr(guessing, "MOST", 2)

    with pytest.raises(UserError, match="does not limit"):
        count_guesses(GUESS_LIMIT="1000 per hour", ADDRESS_LIMIT="1000 per hour")


def test_redis_has_the_same_url_after_a_halt():
    with Redis() as server:
        url = server.url
        server.halt()
        server.start()

        assert server.url == url
    assert server.url == ""


def test_redis_that_ends_is_a_server_start_error(monkeypatch):
    monkeypatch.setattr(redis, "HOST", "not an address")

    with pytest.raises(ServerStartError, match="Redis does not start"):
        Redis().start()


def test_missing_redis_is_a_user_error(monkeypatch):
    monkeypatch.setattr(redis, "WHEEL", "no_such_package")
    monkeypatch.setattr(redis, "PROGRAMS", ["no-such-program"])

    with pytest.raises(UserError, match="There is no Redis server here"):
        find_redis()

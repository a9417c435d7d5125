"""Several workers: any of them may respond, and more of them respond to more."""

import os

import pytest

from classroom import serve
from classroom.errors import UserError
from classroom.exercises.common import log_in
from classroom.experiments import workers
from classroom.experiments.workers import (
    ask_often,
    ask_until_they_differ,
    measure_workers,
)
from classroom.server import notebook_servers
from classroom.server.client import bearer

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="gunicorn does not run on Windows"
)


@pytest.fixture
def serve_by():
    """A function that serves a section with several workers, and logs ana in."""

    def serve_with_login(number, how_many):
        api = serve(number, workers=how_many)
        log_in(api)
        return api

    yield serve_with_login
    notebook_servers.stop_all()


def test_responses_of_two_workers_differ(serve_by):
    api = serve_by("04", 2)
    api.put("/item/Tea", json={"price": 3.5})

    replies = ask_until_they_differ(api, "/item/Tea")

    assert [reply.status_code for reply in replies] == [200, 404]


def test_responses_of_one_worker_do_not_differ(serve_by, monkeypatch):
    api = serve_by("04", 1)
    monkeypatch.setattr(workers, "TIMEOUT", 0.2)

    with pytest.raises(UserError, match="All responses to GET /item/Tea are alike"):
        ask_until_they_differ(api, "/item/Tea")


def test_workers_are_measured_one_after_the_other(serve_by, monkeypatch):
    serve_by("04", 1)
    monkeypatch.setattr(workers, "DURATION", 0.1)

    rates = measure_workers("04", "/items", 2)

    assert len(rates) == 2
    assert all(rate > 0 for rate in rates)
    processes = notebook_servers.running_server("04").worker.parent().children()
    assert len(processes) == 2


def test_a_request_that_fails_is_not_measured(serve_by):
    serve_by("04", 1)

    with pytest.raises(UserError, match="responds with 404 instead of 200"):
        measure_workers("04", "/item/Tea", 1)


@pytest.fixture
def forgetful():
    """A session with the example whose logout is in memory, by two workers."""
    api = serve("examples", app="memory_blocklist", workers=2)
    api.headers.update(bearer(api.post("/login").json()["access_token"]))
    yield api
    notebook_servers.stop_all()


def test_logout_that_is_in_memory_is_known_to_one_worker(forgetful):
    forgetful.post("/logout")

    replies = ask_until_they_differ(forgetful, "/me")

    assert [reply.status_code for reply in replies] == [200, 401]


def test_logout_that_is_in_the_database_is_known_to_all_workers(serve_by):
    api = serve_by("11", 2)
    assert {reply.status_code for reply in ask_often(api, "/user/1")} == {200}
    api.post("/logout")

    replies = ask_often(api, "/user/1")

    assert len(replies) == 40
    assert {reply.json()["error"] for reply in replies} == {"token_revoked"}

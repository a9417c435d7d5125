"""What section 03 has at its start, and how it handles requests at the same time."""

import threading
import time
from collections import Counter
from types import SimpleNamespace

import pytest

STORE = "/store/My Wonderful Store"
ITEM = {"name": "My Item", "price": 15.99}
ANA = ("ana", "open-sesame")


class SlowDict(dict):
    """A dictionary whose look-ups take so long that other threads run in between."""

    def __contains__(self, key):
        found = super().__contains__(key)
        time.sleep(0.05)
        return found

    def __getitem__(self, key):
        found = super().__getitem__(key)
        time.sleep(0.05)
        return found

    def get(self, key, default=None):
        found = super().get(key, default)
        time.sleep(0.05)
        return found


@pytest.fixture
def basics(load):
    """The module of section 03, freshly imported."""
    return load("03", "app")


def wait_until_done(client, location):
    """Return the result of a stocktake, which must be done within 10 seconds."""
    deadline = time.monotonic() + 10
    while (result := client.get(location).json)["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


def test_starts_with_one_store(basics):
    stores = basics.app.test_client().get("/store").json

    assert stores == {"stores": [{"name": "My Wonderful Store", "items": [ITEM]}]}


def test_stocktake_counts_what_was_there_when_it_started(basics):
    client = basics.app.test_client()

    started = client.post(f"{STORE}/stocktake")
    client.put(f"{STORE}/item/Late", json={"price": 1})

    result = wait_until_done(client, started.headers["Location"])
    assert result == {"status": "done", "items": 1, "value": 15.99}


def test_stocktake_responds_before_it_counts(basics, monkeypatch):
    go_on = threading.Event()
    waiting = SimpleNamespace(sleep=lambda seconds: go_on.wait(5))
    monkeypatch.setattr(basics, "time", waiting)
    client = basics.app.test_client()

    started = client.post(f"{STORE}/stocktake")

    assert client.get(started.headers["Location"]).json == {"status": "running"}
    go_on.set()
    assert wait_until_done(client, started.headers["Location"])["items"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "first", "others"),
    [
        ("POST", "/store", {"name": "Corner Shop"}, 201, 409),
        ("DELETE", STORE, None, 200, 404),
        ("POST", f"{STORE}/item", {"name": "Pen", "price": 1}, 201, 409),
        ("PUT", f"{STORE}/item/Pen", {"price": 1}, 201, 200),
        ("DELETE", f"{STORE}/item/My Item", None, 200, 404),
    ],
)
def test_of_equal_requests_at_the_same_time_one_is_first(
    basics, at_once, method, path, body, first, others
):
    basics.stores = SlowDict({"My Wonderful Store": SlowDict({"My Item": ITEM})})

    def send(_):
        client = basics.app.test_client()
        return client.open(path, method=method, json=body, auth=ANA).status_code

    assert Counter(at_once(4, send)) == {first: 1, others: 3}


def test_store_that_is_added_during_a_list_does_not_stop_it(basics, monkeypatch):
    show = basics.store_as_json

    def add_another(name, items):
        basics.stores[f"{name} 2"] = {}  # as another thread could
        return show(name, items)

    monkeypatch.setattr(basics, "store_as_json", add_another)

    assert basics.app.test_client().get("/store").status_code == 200

"""What section 03 does at its start, and at moments that no client can arrange."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

STORE = "/store/My Wonderful Store"


class SlowDict(dict):
    """A dictionary that takes so long to look at that other threads get in between."""

    def __contains__(self, key):
        found = super().__contains__(key)
        time.sleep(0.05)
        return found

    def __iter__(self):
        for key in super().__iter__():
            time.sleep(0.05)
            yield key

    def __len__(self):
        length = super().__len__()
        time.sleep(0.05)
        return length

    def items(self):
        return [(key, self[key]) for key in self]


@pytest.fixture
def basics(load):
    """The module of section 03, freshly imported."""
    return load("03", "app")


def both(first, second):
    """Call two functions at the same time, and return the statuses they get."""
    with ThreadPoolExecutor(2) as threads:
        replies = [threads.submit(call) for call in (first, second)]
        return sorted(reply.result().status_code for reply in replies)


def wait_until_done(client, location):
    """Return the result of a stocktake, which has 10 seconds to come to it."""
    give_up = time.monotonic() + 10
    while (result := json.loads(client.get(location).data))["status"] == "running":
        assert time.monotonic() < give_up
        time.sleep(0.05)
    return result


def test_starts_with_one_store(basics):
    stores = json.loads(basics.app.test_client().get("/store").data)

    item = {"name": "My Item", "price": 15.99}
    assert stores == {"stores": [{"name": "My Wonderful Store", "items": [item]}]}


def test_stocktake_counts_what_was_there_when_it_started(basics):
    client = basics.app.test_client()

    started = client.post(f"{STORE}/stocktake")
    client.put(f"{STORE}/item/Late", json={"price": 1})

    result = wait_until_done(client, started.headers["Location"])
    assert result == {"status": "done", "items": 1, "value": 15.99}


def test_stocktake_answers_before_it_counts(basics, monkeypatch):
    monkeypatch.setattr(basics, "SECONDS_PER_STOCKTAKE", 10)
    client = basics.app.test_client()

    started = client.post(f"{STORE}/stocktake")

    assert client.get(started.headers["Location"]).json == {"status": "running"}


def test_two_who_create_a_store_at_the_same_moment(basics):
    basics.stores = SlowDict(basics.stores)

    def create():
        return basics.app.test_client().post("/store", json={"name": "Corner Shop"})

    assert both(create, create) == [201, 409]


def test_two_who_delete_a_store_at_the_same_moment(basics):
    basics.stores = SlowDict(basics.stores)

    def delete():
        return basics.app.test_client().delete(STORE, auth=("ana", "open-sesame"))

    assert both(delete, delete) == [200, 404]


def test_two_who_create_an_item_at_the_same_moment(basics):
    basics.stores = {"My Wonderful Store": SlowDict()}

    def create():
        body = {"name": "Pen", "price": 1}
        return basics.app.test_client().post(f"{STORE}/item", json=body)

    assert both(create, create) == [201, 409]


def test_two_who_put_an_item_at_the_same_moment(basics):
    basics.stores = {"My Wonderful Store": SlowDict()}

    def put():
        body = {"price": 1}
        return basics.app.test_client().put(f"{STORE}/item/Pen", json=body)

    assert both(put, put) == [200, 201]


def test_one_who_lists_while_another_creates(basics):
    basics.stores = SlowDict({"One": {}, "Two": {}, "Three": {}})

    def read():
        return basics.app.test_client().get("/store")

    def create():
        return basics.app.test_client().post("/store", json={"name": "Four"})

    assert both(read, create) == [200, 201]


def test_two_stocktakes_at_the_same_moment_have_two_numbers(basics):
    basics.stocktakes = SlowDict()
    locations = []

    def start():
        reply = basics.app.test_client().post(f"{STORE}/stocktake")
        locations.append(reply.headers["Location"])
        return reply

    assert both(start, start) == [202, 202]
    assert len(set(locations)) == 2

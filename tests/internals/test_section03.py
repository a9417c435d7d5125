"""What section 03 does at its start, and what no client can arrange."""

import time

import pytest

from classroom.sections import find_section
from classroom.serving import Server


@pytest.fixture
def api():
    """A session with a server that has just been started."""
    with Server(find_section("03").folder) as server, server.api() as session:
        yield session


def wait_until_done(api, location):
    """Return the result of a stocktake, which has 10 seconds to come to it."""
    give_up = time.monotonic() + 10
    while (result := api.get(location).json())["status"] == "running":
        assert time.monotonic() < give_up
        time.sleep(0.05)
    return result


def test_starts_with_one_store(api):
    stores = api.get("/store").json()

    item = {"name": "My Item", "price": 15.99}
    assert stores == {"stores": [{"name": "My Wonderful Store", "items": [item]}]}


def test_stocktake_counts_what_was_there_when_it_started(api):
    started = api.post("/store/My Wonderful Store/stocktake")
    api.put("/store/My Wonderful Store/item/Late", json={"price": 1})

    result = wait_until_done(api, started.headers["Location"])
    assert result == {"status": "done", "items": 1, "value": 15.99}

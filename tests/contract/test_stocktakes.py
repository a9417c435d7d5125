import time

from classroom.contract import since

pytestmark = since("03", until="04")

LIMIT = 10  # seconds


def wait_for(api, location):
    """Return the first response of a stocktake that is no longer running."""
    give_up = time.monotonic() + LIMIT
    while (reply := api.get(location)).json().get("status") == "running":
        assert time.monotonic() < give_up, f"still running after {LIMIT} seconds"
        time.sleep(0.05)
    return reply


def test_start_stocktake_is_accepted_before_it_is_done(api, store):
    """POST /store/N/stocktake returns 202 at once, with the URL in Location."""
    reply = api.post(f"{store}/stocktake")

    assert reply.status_code == 202
    assert reply.json() == {"status": "running"}
    assert api.get(reply.headers["Location"]).status_code == 200


def test_stocktake_ends_with_the_number_of_items_and_their_value(api, store):
    """GET /stocktake/ID finally returns the number of items and their exact value."""
    for name, price in {"a": 0.1, "b": 0.2, "c": 99999999.99}.items():
        api.put(f"{store}/item/{name}", json={"price": price})
    started = api.post(f"{store}/stocktake")

    reply = wait_for(api, started.headers["Location"])

    assert reply.status_code == 200
    assert reply.json() == {"status": "done", "items": 3, "value": 100000000.29}


def test_each_stocktake_has_a_result_of_its_own(api, store):
    """POST /store/N/stocktake twice makes two stocktakes, each with its own result."""
    api.put(f"{store}/item/Chair", json={"price": 1})
    first = api.post(f"{store}/stocktake").headers["Location"]
    one = wait_for(api, first)
    api.put(f"{store}/item/Table", json={"price": 2})

    second = api.post(f"{store}/stocktake").headers["Location"]

    two = wait_for(api, second)
    assert first != second
    assert [one.json()["items"], two.json()["items"]] == [1, 2]
    assert api.get(first).json() == one.json()


def test_stocktake_of_an_empty_store(api, store):
    """GET /stocktake/ID returns no items of no value for an empty store."""
    started = api.post(f"{store}/stocktake")

    reply = wait_for(api, started.headers["Location"])

    assert reply.json() == {"status": "done", "items": 0, "value": 0}


def test_start_stocktake_of_an_unknown_store_is_not_found(api, new_name):
    """POST /store/N/stocktake returns 404 if there is no such store."""
    reply = api.post(f"/store/{new_name()}/stocktake")

    assert reply.status_code == 404
    assert reply.json()["message"]


def test_get_an_unknown_stocktake_is_not_found(api):
    """GET /stocktake/ID returns 404 if there is no such stocktake."""
    for number in ("0", "-1", "999999999", "9" * 5000, "x", "1.5", "%00"):
        reply = api.get(f"/stocktake/{number}")

        assert reply.status_code == 404
        assert reply.json()["message"]

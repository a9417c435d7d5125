import pytest

from classroom.contract import since

pytestmark = since("03", until="04")

GOOD_PRICES = [0, 7, 0.01, 0.1, 1.1, 4.35, 15.99, 1e3, 99999999.99]


def test_list_items_shows_those_of_the_store(api, store):
    """GET /store/N/item returns 200 with the items of that store."""
    chair = {"name": "Chair", "price": 49.5}
    api.post(f"{store}/item", json=chair)

    reply = api.get(f"{store}/item")

    assert reply.status_code == 200
    assert reply.json() == {"items": [chair]}


def test_list_items_of_an_unknown_store_is_not_found(api, new_name):
    """GET /store/N/item returns 404 if there is no such store."""
    reply = api.get(f"/store/{new_name()}/item")

    assert reply.status_code == 404
    assert reply.json()["message"]


def test_create_store_item_returns_the_item_and_its_location(api, store):
    """POST /store/N/item returns 201 with the item, and its URL in Location."""
    chair = {"name": "Chair", "price": 49.5}

    reply = api.post(f"{store}/item", json=chair)

    assert reply.status_code == 201
    assert reply.json() == chair
    assert api.get(reply.headers["Location"]).json() == chair


def test_get_store_item_shows_it(api, store):
    """GET /store/N/item/M returns 200 with the item."""
    chair = {"name": "Chair", "price": 49.5}
    api.post(f"{store}/item", json=chair)

    reply = api.get(f"{store}/item/Chair")

    assert reply.status_code == 200
    assert reply.json() == chair


def test_get_an_unknown_store_item_is_not_found(api, store, new_name):
    """GET /store/N/item/M returns 404 if there is no such item or no such store."""
    for path in (f"{store}/item/Chair", f"/store/{new_name()}/item/Chair"):
        reply = api.get(path)

        assert reply.status_code == 404
        assert reply.json()["message"]


def test_create_store_item_twice_conflicts(api, store):
    """POST /store/N/item returns 409 for a name in use; the price stays."""
    chair = {"name": "Chair", "price": 49.5}
    api.post(f"{store}/item", json=chair)

    reply = api.post(f"{store}/item", json={"name": "Chair", "price": 1})

    assert reply.status_code == 409
    assert "Chair" in reply.json()["message"]
    assert api.get(f"{store}/item").json() == {"items": [chair]}


def test_create_store_item_from_50_clients_at_once_makes_one(api, store, at_once):
    """POST /store/N/item from 50 clients at once returns one 201 and 49 times 409."""
    chair = {"name": "Chair", "price": 49.5}

    statuses = at_once(50, lambda _: api.post(f"{store}/item", json=chair).status_code)

    assert sorted(statuses) == [201] + [409] * 49


def test_create_store_item_of_the_same_name_in_two_stores(api, store, new_name):
    """POST /store/N/item accepts a name that another store has."""
    other = new_name()
    api.post("/store", json={"name": other})
    api.post(f"{store}/item", json={"name": "Chair", "price": 49.5})

    reply = api.post(f"/store/{other}/item", json={"name": "Chair", "price": 1})

    assert reply.status_code == 201


def test_create_store_item_in_an_unknown_store_is_not_found(api, new_name):
    """POST /store/N/item returns 404 if there is no such store."""
    chair = {"name": "Chair", "price": 49.5}

    reply = api.post(f"/store/{new_name()}/item", json=chair)

    assert reply.status_code == 404
    assert reply.json()["message"]


def test_create_store_item_names_every_bad_field(api, store):
    """POST /store/N/item returns 400 for bad fields, and names each of them."""
    reply = api.post(f"{store}/item", json={"price": "cheap", "colour": "red"})

    assert reply.status_code == 400
    assert set(reply.json()["errors"]) == {"name", "price", "colour"}


@pytest.mark.parametrize("price", GOOD_PRICES)
def test_put_store_item_keeps_the_price_exactly(api, store, price):
    """PUT /store/N/item/M stores any price from 0 to 99,999,999.99 exactly."""
    reply = api.put(f"{store}/item/Chair", json={"price": price})

    assert reply.status_code == 201
    assert reply.json()["price"] == price
    assert api.get(store).json()["items"] == [{"name": "Chair", "price": price}]


@pytest.mark.parametrize(
    "price",
    [
        *("-1", "-0.01", "1e999", "NaN", "Infinity", "-Infinity", "true", "false"),
        *("null", "[1]", "{}", '"15.99"', '""', "9" * 400, "9" * 5000),
    ],
    ids=lambda price: price[:12],
)
def test_put_store_item_refuses_a_bad_price(api, store, price):
    """PUT /store/N/item/M returns 400 for a bad price, and creates no item."""
    body, headers = f'{{"price": {price}}}', {"Content-Type": "application/json"}

    reply = api.put(f"{store}/item/Chair", data=body, headers=headers)

    assert reply.status_code == 400
    assert reply.json()["message"]
    assert api.get(store).json()["items"] == []


def test_put_a_new_store_item_creates_it(api, store):
    """PUT /store/N/item/M returns 201 with a new item, and its URL in Location."""
    reply = api.put(f"{store}/item/Chair", json={"price": 49.5})

    assert reply.status_code == 201
    assert reply.json() == {"name": "Chair", "price": 49.5}
    assert api.get(reply.headers["Location"]).json() == reply.json()


def test_put_a_store_item_that_is_there_replaces_it(api, store):
    """PUT /store/N/item/M returns 200 with the existing item at its new price."""
    api.put(f"{store}/item/Chair", json={"price": 49.5})

    reply = api.put(f"{store}/item/Chair", json={"price": 60})

    assert reply.status_code == 200
    assert reply.json() == {"name": "Chair", "price": 60}
    assert api.get(store).json()["items"] == [{"name": "Chair", "price": 60}]


def test_put_store_item_trims_the_name(api, store):
    """PUT /store/N/item/M removes the whitespace around a name."""
    reply = api.put(f"{store}/item/%20Chair%20", json={"price": 1})

    assert reply.status_code == 201
    assert reply.json()["name"] == "Chair"
    assert api.get(reply.headers["Location"]).json() == reply.json()


def test_put_store_item_of_minus_zero_costs_nothing(api, store):
    """PUT /store/N/item/M stores a price of -0.0, which is valid JSON, as 0."""
    body, headers = '{"price": -0.0}', {"Content-Type": "application/json"}

    reply = api.put(f"{store}/item/Chair", data=body, headers=headers)

    assert str(reply.json()["price"]) in ("0", "0.0")


def test_put_store_item_twice_ends_as_once(api, store):
    """PUT /store/N/item/M is idempotent: sent twice, it ends as if sent once."""
    api.put(f"{store}/item/Chair", json={"price": 49.5})
    once = api.get(store)

    api.put(f"{store}/item/Chair", json={"price": 49.5})

    twice = api.get(store)
    assert twice.json() == once.json()


def test_put_store_item_from_50_clients_at_once_makes_one(api, store, at_once):
    """PUT /store/N/item/M from 50 clients at once returns one 201 and 49 times 200."""
    statuses = at_once(
        50, lambda n: api.put(f"{store}/item/Chair", json={"price": n}).status_code
    )

    assert sorted(statuses) == [200] * 49 + [201]
    assert len(api.get(store).json()["items"]) == 1


@pytest.mark.parametrize("name", ["%20", "%09%0A", "x" * 81])
def test_put_store_item_refuses_a_bad_name(api, store, name):
    """PUT /store/N/item/M returns 400 for a bad name, and creates no item."""
    reply = api.put(f"{store}/item/{name}", json={"price": 1})

    assert reply.status_code == 400
    assert reply.json()["message"]
    assert api.get(store).json()["items"] == []


def test_put_store_item_in_an_unknown_store_is_not_found(api, new_name):
    """PUT /store/N/item/M returns 404 if there is no such store."""
    reply = api.put(f"/store/{new_name()}/item/Chair", json={"price": 1})

    assert reply.status_code == 404
    assert reply.json()["message"]


@pytest.mark.parametrize("price", [0, 49.5])
def test_delete_store_item_removes_it(api, store, price):
    """DELETE /store/N/item/M returns 200, and the item is gone."""
    api.put(f"{store}/item/Chair", json={"price": price})

    reply = api.delete(f"{store}/item/Chair")

    assert reply.status_code == 200
    assert reply.json()["message"]
    assert api.get(store).json()["items"] == []


def test_delete_an_unknown_item_is_not_found(api, store, new_name):
    """DELETE /store/N/item/M returns 404 if there is no such item or no such store."""
    reply = api.delete(f"{store}/item/Chair")

    assert reply.status_code == 404
    assert reply.json()["message"]
    nowhere = api.delete(f"/store/{new_name()}/item/Chair")
    assert nowhere.status_code == 404

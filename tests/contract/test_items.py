from urllib.parse import quote

import pytest

from classroom.promises import since

pytestmark = since("04")

JSON = {"Content-Type": "application/json"}
GOOD_PRICES = [0, 7, 0.01, 0.1, 1.1, 4.35, 15.99, 1e3, 99999999.99]
BAD_PRICES = [
    *("-1", "-0.01", "100000000", "99999999.999", "1.005", "1e400", "1e-3", "1e-400"),
    *("-1e-400", "15.990000000000000000001"),
    *("NaN", "Infinity", "-Infinity", "true", "false", "null", "[1]", "{}"),
    *('"15.99"', '""', '"\\ud800"', "9" * 400, "[" * 200 + "]" * 200),
]
BAD_NAMES = [
    *("%20", "%09%0A", "x" * 81, "%00", "a%00b", "a%0Ab", "%07", "%7F", "a%C2%85b"),
    *("%FF", "a%ED%A0%80", "%EF%BF%BD"),
]
ANY_SCRIPT = [
    *("Kärnten & Söhne", "日本の店", "متجر", "दुकान", "👩‍👩‍👧 toys", "item"),
    *("a%2Fb?c=d#e", "'; DROP TABLE items; --", '"quoted" \\ back', "<b>bold"),
    *("%s", "{}", "{{7*7}}", "1 OR 1=1", "null", "...", "*", "%"),
]


def url(name):
    """Return the path of an item."""
    return f"/item/{quote(name, safe='')}"


def test_list_items_shows_each(ana, new_name, priced, list_all):
    """GET /items answers 200 with every item, to everybody."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    found = [item for item in list_all("/items") if item["name"] == name]

    assert len(found) == 1
    assert found[0]["price"] == 15.99


def test_create_item_answers_the_item_and_its_location(api, ana, new_name, priced):
    """POST /item/N answers 201 with the item and, in Location, where it is."""
    name = new_name()

    reply = ana.post(url(name), json=priced(15.99))

    assert reply.status_code == 201
    assert {"name": name, **priced(15.99)}.items() <= reply.json().items()
    assert api.get(reply.headers["Location"]).json() == reply.json()


def test_create_item_trims_the_name(api, ana, new_name, priced):
    """POST /item/N leaves out the blanks around a name."""
    name = new_name()

    reply = ana.post(url(f" \t{name}\n"), json=priced(1))

    assert reply.status_code == 201
    assert reply.json()["name"] == name
    assert api.get(url(name)).status_code == 200


@pytest.mark.parametrize("text", ANY_SCRIPT, ids=ascii)
def test_create_item_takes_any_script(api, ana, new_name, priced, text):
    """POST /item/N takes a name in any script, and GET /item/N finds it."""
    name = f"{new_name()} {text}"

    reply = ana.post(url(name), json=priced(1))

    assert reply.status_code == 201
    assert reply.json()["name"] == name
    assert api.get(url(name)).json()["name"] == name
    assert api.get(reply.headers["Location"]).json()["name"] == name


def test_create_item_takes_80_characters(ana, new_name, priced):
    """POST /item/N takes a name of 80 characters, the longest there is."""
    reply = ana.post(url(new_name().ljust(80, "x")), json=priced(1))

    assert reply.status_code == 201


@pytest.mark.parametrize("verb", ["POST", "PUT"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_item_with_a_bad_name_is_refused(ana, priced, verb, name):
    """POST and PUT /item/N answer 422 to a bad name, and say what is wrong."""
    reply = ana.request(verb, f"/item/{name}", json=priced(1))

    assert reply.status_code == 422
    assert reply.json()["errors"]["name"]
    assert reply.json()["message"]


def test_create_item_twice_conflicts(api, ana, new_name, priced):
    """POST /item/N answers 409 to a name that is taken; the price stays."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    reply = ana.post(url(name), json=priced(1))

    assert reply.status_code == 409
    assert name in reply.json()["message"]
    assert api.get(url(name)).json()["price"] == 15.99


def test_create_item_again_after_deleting_it(ana, new_name, priced):
    """POST /item/N answers 201 to a name that was deleted."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))
    ana.delete(url(name))

    reply = ana.post(url(name), json=priced(1))

    assert reply.status_code == 201
    assert reply.json()["price"] == 1


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_item_body_with_bad_fields_is_refused(api, ana, new_name, verb):
    """POST and PUT /item/N answer 422 to missing and unknown fields, and name each."""
    name = new_name()

    reply = ana.request(verb, url(name), json={"cost": 1, "name": "x", "\ud800": 1})

    assert reply.status_code == 422
    assert {"price", "cost", "name", "\ud800"} <= set(reply.json()["errors"])
    assert all(isinstance(e, list) for e in reply.json()["errors"].values())
    assert reply.json()["message"]
    assert api.get(url(name)).status_code == 404


@pytest.mark.parametrize("verb", ["POST", "PUT"])
@pytest.mark.parametrize("body", ["[]", '"price"', "7", "null", "true", "[{}]"])
def test_item_body_that_is_no_object_is_refused(ana, new_name, verb, body):
    """POST and PUT /item/N answer 422 to JSON that is not an object."""
    reply = ana.request(verb, url(new_name()), data=body, headers=JSON)

    assert reply.status_code == 422
    assert reply.json()["message"]


@pytest.mark.parametrize("verb", ["POST", "PUT"])
@pytest.mark.parametrize(
    "content_type, body, status",
    [
        ("application/json", b"", 400),
        ("application/json", b'{"price": 1', 400),
        ("application/json", b'{"price": ' + b"9" * 5000 + b"}", 400),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b'{"price": "%s"}' % (b"x" * 1024 * 1024), 413),
        ("text/plain", b'{"price": 1}', 415),
        ("application/x-www-form-urlencoded", b"price=1", 415),
    ],
    ids=["empty", "cut", "long number", "deep", "large", "text", "form"],
)
def test_item_body_that_is_not_json_is_refused(
    ana, new_name, verb, content_type, body, status
):
    """POST and PUT /item/N answer 400, 413 or 415 to a body that is no JSON."""
    headers = {"Content-Type": content_type}

    reply = ana.request(verb, url(new_name()), data=body, headers=headers)

    assert reply.status_code == status
    assert reply.json()["message"]


@pytest.mark.parametrize("price", GOOD_PRICES)
def test_put_item_keeps_the_price_exactly(api, ana, new_name, priced, price):
    """PUT /item/N keeps any price from 0 to 99,999,999.99 to the cent."""
    name = new_name()

    reply = ana.put(url(name), json=priced(price))

    assert reply.status_code == 201
    assert reply.json()["price"] == price
    assert api.get(url(name)).json()["price"] == price


@pytest.mark.parametrize("verb", ["POST", "PUT"])
@pytest.mark.parametrize("price", BAD_PRICES, ids=lambda price: price[:12])
def test_item_with_a_bad_price_is_refused(api, ana, new_name, verb, price):
    """POST and PUT /item/N answer 422 to a bad price, and make no item."""
    name, body = new_name(), f'{{"price": {price}, "store_id": 1}}'

    reply = ana.request(verb, url(name), data=body, headers=JSON)

    assert reply.status_code == 422
    assert reply.json()["errors"]["price"]
    assert reply.json()["message"]
    assert api.get(url(name)).status_code == 404


def test_put_a_new_item_creates_it(api, ana, new_name, priced):
    """PUT /item/N answers 201 with a new item and, in Location, where it is."""
    name = new_name()

    reply = ana.put(url(name), json=priced(15.99))

    assert reply.status_code == 201
    assert {"name": name, **priced(15.99)}.items() <= reply.json().items()
    assert api.get(reply.headers["Location"]).json() == reply.json()


def test_put_an_item_that_is_there_replaces_it(api, ana, new_name, priced):
    """PUT /item/N answers 200 with an item that was there, at its new price."""
    name = new_name()
    ana.put(url(name), json=priced(15.99))

    reply = ana.put(url(name), json=priced(60))

    assert reply.status_code == 200
    assert reply.json()["price"] == 60
    assert api.get(url(name)).json() == reply.json()


def test_put_item_twice_ends_as_once(api, ana, new_name, priced):
    """PUT /item/N is idempotent: sent twice, it ends as if sent once."""
    name = new_name()
    ana.put(url(name), json=priced(15.99))
    once = api.get(url(name))

    ana.put(url(name), json=priced(15.99))

    twice = api.get(url(name))
    assert twice.json() == once.json()


def test_get_item_is_open_to_everybody(api, ana, new_name, priced):
    """GET /item/N answers 200 with the item, also without a token."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    reply = api.get(url(name))

    assert reply.status_code == 200
    assert {"name": name, **priced(15.99)}.items() <= reply.json().items()


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "name",
    ["no such item", "9" * 30, "x" * 5000, "' OR ''='", "%25", "%2E", *BAD_NAMES],
    ids=lambda name: name[:20],
)
def test_unknown_item_is_not_found(ana, verb, name):
    """GET and DELETE /item/N answer 404 if there is no such item, however odd."""
    reply = ana.request(verb, f"/item/{name}")

    assert reply.status_code == 404
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json()["message"]


@pytest.mark.parametrize("price", [0, 15.99])
def test_delete_item_removes_it(api, ana, new_name, priced, price):
    """DELETE /item/N answers 200, and the item is gone."""
    name = new_name()
    ana.put(url(name), json=priced(price))

    reply = ana.delete(url(name))

    assert reply.status_code == 200
    assert reply.json()["message"]
    assert api.get(url(name)).status_code == 404
    assert ana.delete(url(name)).status_code == 404


def test_delete_item_leaves_the_others(api, ana, new_name, priced):
    """DELETE /item/N deletes the item of that name only."""
    name, other = new_name(), new_name()
    ana.put(url(name), json=priced(1))
    ana.put(url(other), json=priced(2))

    ana.delete(url(name))

    reply = api.get(url(other))
    assert reply.json()["price"] == 2


def test_create_item_from_64_clients_at_once_makes_one(ana, new_name, priced, at_once):
    """POST /item/N from 64 clients at once answers one 201 and 63 times 409."""
    name = new_name()

    statuses = at_once(
        64, lambda _: ana.post(url(name), json=priced(15.99)).status_code
    )

    assert sorted(statuses) == [201] + [409] * 63


def test_create_64_items_at_once_loses_none(ana, new_name, priced, at_once, list_all):
    """POST /item/N of 64 items at once answers 64 times 201, and all are there."""
    names = [new_name() for _ in range(64)]

    statuses = at_once(
        64, lambda n: ana.post(url(names[n]), json=priced(n)).status_code
    )

    assert statuses == [201] * 64
    prices = {item["name"]: item["price"] for item in list_all("/items")}
    assert [prices.get(name) for name in names] == list(range(64))


def test_put_item_from_64_clients_at_once_makes_one(ana, new_name, priced, at_once):
    """PUT /item/N from 64 clients at once answers one 201 and 63 times 200."""
    name = new_name()

    statuses = at_once(64, lambda n: ana.put(url(name), json=priced(n)).status_code)

    assert sorted(statuses) == [200] * 63 + [201]


def test_delete_item_from_16_clients_at_once(ana, new_name, priced, at_once):
    """DELETE /item/N from 16 clients at once answers one 200 and 15 times 404."""
    name = new_name()
    ana.put(url(name), json=priced(1))

    statuses = at_once(16, lambda _: ana.delete(url(name)).status_code)

    assert sorted(statuses) == [200] + [404] * 15

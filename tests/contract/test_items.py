import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from classroom.contract import refused_by_proxy, since

pytestmark = since("04")

JSON = {"Content-Type": "application/json"}
GOOD_PRICES = [0, 7, 0.01, 0.1, 1.1, 4.35, 15.99, 1e3, 99999999.99]
BAD_PRICES = [
    *("-1", "-0.01", "100000000", "99999999.999", "1.005", "1e400", "1e-3"),
    *("NaN", "Infinity", "-Infinity", "true", "false", "null", "[1]", "{}"),
    *('"15.99"', '""', '"\\ud800"', "9" * 400, "[" * 200 + "]" * 200),
]
# Each {} becomes a new name: what a server already has must stay there.
BAD_NAMES = [
    *("%20", "%09%0A", "{}" + "x" * 81, "{}%00", "{}a%00b", "{}a%0Ab", "{}%07"),
    *("{}%7F", "{}a%C2%85b", "{}%FF", "{}a%ED%A0%80", "{}%EF%BF%BD"),
]
ANY_SCRIPT = [
    *("Kärnten & Söhne", "日本の店", "متجر", "दुकान", "👩‍👩‍👧 toys", "item"),
    *("a%2Fb?c=d#e", "'; DROP TABLE items; --", '"quoted" \\ back', "<b>bold"),
    *("%s", "{}", "{{7*7}}", "1 OR 1=1", "null", "...", "*", "%"),
]


def url(name):
    """Return the path of an item."""
    return f"/item/{quote(name, safe='')}"


def test_list_items_shows_each(ana, reader, new_name, priced, list_all):
    """GET /items returns 200 with every item."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    found = [item for item in list_all(reader, "/items") if item["name"] == name]

    assert len(found) == 1
    assert found[0]["price"] == 15.99


def test_create_item_returns_the_item_and_its_location(reader, ana, new_name, priced):
    """POST /item/N returns 201 with the item, and its URL in Location."""
    name = new_name()

    reply = ana.post(url(name), json=priced(15.99))

    assert reply.status_code == 201
    assert {"name": name, **priced(15.99)}.items() <= reply.json().items()
    assert reader.get(reply.headers["Location"]).json() == reply.json()


def test_create_item_trims_the_name(reader, ana, new_name, priced):
    """POST /item/N removes the whitespace around a name."""
    name = new_name()

    reply = ana.post(url(f" \t{name}\n"), json=priced(1))

    assert reply.status_code == 201
    assert reply.json()["name"] == name
    assert reader.get(url(name)).status_code == 200


@pytest.mark.parametrize("text", ANY_SCRIPT, ids=ascii)
def test_create_item_takes_any_script(reader, ana, new_name, priced, text):
    """POST /item/N accepts a name in any script, and GET /item/N finds it."""
    name = f"{new_name()} {text}"

    reply = ana.post(url(name), json=priced(1))

    assert reply.status_code == 201
    assert reply.json()["name"] == name
    assert reader.get(url(name)).json()["name"] == name
    assert reader.get(reply.headers["Location"]).json()["name"] == name


def test_create_item_takes_80_characters(ana, new_name, priced):
    """POST /item/N accepts a name of 80 characters, the maximum."""
    reply = ana.post(url(new_name().ljust(80, "x")), json=priced(1))

    assert reply.status_code == 201


def test_create_item_takes_80_characters_of_any_script(reader, ana, new_name, priced):
    """POST /item/N accepts 80 characters, also of 4 bytes each."""
    name = new_name().ljust(80, "🪑")

    reply = ana.post(url(name), json=priced(1))

    assert reply.status_code == 201
    assert reader.get(url(name)).json()["name"] == name


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_item_with_a_bad_name_is_refused(ana, new_name, priced, method, name):
    """POST and PUT /item/N return 422 for a bad name, and say what is wrong."""
    reply = ana.request(method, f"/item/{name.format(new_name())}", json=priced(1))

    assert reply.json()["message"]
    if not refused_by_proxy(reply):
        assert reply.status_code == 422
        assert reply.json()["errors"]["name"]


def test_create_item_twice_conflicts(reader, ana, new_name, priced):
    """POST /item/N returns 409 for a name that is in use; the price stays."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    reply = ana.post(url(name), json=priced(1))

    assert reply.status_code == 409
    assert name in reply.json()["message"]
    assert reader.get(url(name)).json()["price"] == 15.99


def test_create_item_again_after_deleting_it(ana, admin, new_name, priced):
    """POST /item/N returns 201 for a name that was deleted."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))
    admin.delete(url(name))

    reply = ana.post(url(name), json=priced(1))

    assert reply.status_code == 201
    assert reply.json()["price"] == 1


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_item_body_with_bad_fields_is_refused(reader, ana, new_name, method):
    """POST and PUT /item/N return 422 for missing and unknown fields, and name each."""
    name = new_name()

    reply = ana.request(method, url(name), json={"cost": 1, "name": "x", "\ud800": 1})

    assert reply.status_code == 422
    assert {"price", "cost", "name", "\ud800"} <= set(reply.json()["errors"])
    assert all(isinstance(e, list) for e in reply.json()["errors"].values())
    assert reply.json()["message"]
    assert reader.get(url(name)).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("body", ["[]", '"price"', "7", "null", "true", "[{}]"])
def test_item_body_that_is_no_object_is_refused(ana, new_name, method, body):
    """POST and PUT /item/N return 422 for JSON that is not an object."""
    reply = ana.request(method, url(new_name()), data=body, headers=JSON)

    assert reply.status_code == 422
    assert reply.json()["message"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
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
    ana, new_name, method, content_type, body, status
):
    """POST and PUT /item/N return 400, 413 or 415 for a body that is not JSON."""
    headers = {"Content-Type": content_type}

    reply = ana.request(method, url(new_name()), data=body, headers=headers)

    assert reply.status_code == status
    assert reply.json()["message"]


@pytest.mark.parametrize("price", GOOD_PRICES)
def test_put_item_keeps_the_price_exactly(reader, ana, new_name, priced, price):
    """PUT /item/N stores any price from 0 to 99,999,999.99 exactly."""
    name = new_name()

    reply = ana.put(url(name), json=priced(price))

    assert reply.status_code == 201
    assert reply.json()["price"] == price
    assert reader.get(url(name)).json()["price"] == price


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("price", BAD_PRICES, ids=lambda price: price[:12])
def test_item_with_a_bad_price_is_refused(reader, ana, new_name, method, price):
    """POST and PUT /item/N return 422 for a bad price, and create no item."""
    name, body = new_name(), f'{{"price": {price}, "store_id": 1}}'

    reply = ana.request(method, url(name), data=body, headers=JSON)

    assert reply.status_code == 422
    assert reply.json()["errors"]["price"]
    assert reply.json()["message"]
    assert reader.get(url(name)).status_code == 404


def test_put_a_new_item_creates_it(reader, ana, new_name, priced):
    """PUT /item/N returns 201 with a new item, and its URL in Location."""
    name = new_name()

    reply = ana.put(url(name), json=priced(15.99))

    assert reply.status_code == 201
    assert {"name": name, **priced(15.99)}.items() <= reply.json().items()
    assert reader.get(reply.headers["Location"]).json() == reply.json()


def test_put_an_item_that_is_there_replaces_it(reader, ana, new_name, priced):
    """PUT /item/N returns 200 with the existing item at its new price."""
    name = new_name()
    ana.put(url(name), json=priced(15.99))

    reply = ana.put(url(name), json=priced(60))

    assert reply.status_code == 200
    assert reply.json()["price"] == 60
    assert reader.get(url(name)).json() == reply.json()


def test_put_item_twice_ends_as_once(reader, ana, new_name, priced):
    """PUT /item/N is idempotent: sent twice, it ends as if sent once."""
    name = new_name()
    ana.put(url(name), json=priced(15.99))
    once = reader.get(url(name))

    ana.put(url(name), json=priced(15.99))

    twice = reader.get(url(name))
    assert twice.json() == once.json()


@since("04", until="11")
def test_get_item_needs_no_token(api, ana, new_name, priced):
    """GET /item/N returns 200 with the item, also without a token."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    reply = api.get(url(name))

    assert reply.status_code == 200
    assert {"name": name, **priced(15.99)}.items() <= reply.json().items()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "name",
    [
        *("{}", "{}" + "9" * 30, "{}" + "x" * 5000, "{}' OR ''='", "{}%25", "%2E"),
        *BAD_NAMES,
    ],
    ids=lambda name: name[:20],
)
def test_unknown_item_is_not_found(admin, new_name, method, name):
    """GET and DELETE /item/N return 404 if there is no such item, however odd."""
    reply = admin.request(method, f"/item/{name.format(new_name())}")

    assert reply.status_code == 404 or refused_by_proxy(reply)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json()["message"]


@pytest.mark.parametrize("price", [0, 15.99])
def test_delete_item_removes_it(reader, ana, admin, new_name, priced, price):
    """DELETE /item/N returns 200, and the item is gone."""
    name = new_name()
    ana.put(url(name), json=priced(price))

    reply = admin.delete(url(name))

    assert reply.status_code == 200
    assert reply.json()["message"]
    assert reader.get(url(name)).status_code == 404
    assert admin.delete(url(name)).status_code == 404


def test_delete_item_leaves_the_others(reader, ana, admin, new_name, priced):
    """DELETE /item/N deletes the item of that name only."""
    name, other = new_name(), new_name()
    ana.put(url(name), json=priced(1))
    ana.put(url(other), json=priced(2))

    admin.delete(url(name))

    reply = reader.get(url(other))
    assert reply.json()["price"] == 2


def test_create_item_from_16_clients_at_once_makes_one(ana, new_name, priced, at_once):
    """POST /item/N from 16 clients at once returns one 201 and 15 times 409."""
    name = new_name()

    statuses = at_once(
        16, lambda _: ana.post(url(name), json=priced(15.99)).status_code
    )

    assert sorted(statuses) == [201] + [409] * 15


def test_create_16_items_at_once_loses_none(
    ana, reader, new_name, priced, at_once, list_all
):
    """POST /item/N of 16 items at once returns 16 times 201, and all are there."""
    names = [new_name() for _ in range(16)]

    statuses = at_once(
        16, lambda n: ana.post(url(names[n]), json=priced(n)).status_code
    )

    assert statuses == [201] * 16
    prices = {item["name"]: item["price"] for item in list_all(reader, "/items")}
    assert [prices.get(name) for name in names] == list(range(16))


def test_put_item_from_16_clients_at_once_makes_one(ana, new_name, priced, at_once):
    """PUT /item/N from 16 clients at once returns one 201 and 15 times 200."""
    name = new_name()

    statuses = at_once(16, lambda n: ana.put(url(name), json=priced(n)).status_code)

    assert sorted(statuses) == [200] * 15 + [201]


def test_delete_item_from_16_clients_at_once(ana, admin, new_name, priced, at_once):
    """DELETE /item/N from 16 clients at once returns one 200 and 15 times 404."""
    name = new_name()
    ana.put(url(name), json=priced(1))

    statuses = at_once(16, lambda _: admin.delete(url(name)).status_code)

    assert sorted(statuses) == [200] + [404] * 15


def test_create_item_while_others_delete_it(ana, admin, new_name, priced, at_once):
    """POST /item/N while others DELETE it returns 201 or 409, and never an error."""
    path, body = url(new_name()), priced(1)

    def add_and_delete(_):
        for _ in range(5):
            yield ana.post(path, json=body).status_code
            yield admin.delete(path).status_code

    statuses = at_once(8, lambda n: set(add_and_delete(n)))

    assert set().union(*statuses) <= {200, 201, 404, 409}


@since("11")
def test_list_items_shows_names_to_visitors(api, ana, new_name, priced, list_all):
    """GET /items returns 200 with names and a hint, without a token."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    reply = api.get("/items")

    assert reply.status_code == 200
    assert set(reply.json()) == {"items", "message"}
    assert reply.json()["message"] == "More data available if you log in."
    assert name in list_all(api, "/items")
    assert all(isinstance(item, str) for item in reply.json()["items"])


@since("11")
def test_list_items_shows_whole_items_to_users(ana, new_name, priced, list_all):
    """GET /items returns 200 with whole items to a user, without their creators."""
    item = ana.post(url(new_name()), json=priced(15.99)).json()

    reply = ana.get("/items")

    assert set(reply.json()) == {"items"}
    assert set(item) == {"id", "name", "price", "store_id"}
    assert item in list_all(ana, "/items")


@since("11")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_list_items_shows_to_admins_who_created_each(
    ana, admin, login, new_name, priced, list_all, method
):
    """GET /items shows an admin who created each item, and when."""
    item = ana.request(method, url(new_name()), json=priced(15.99)).json()

    [found] = [one for one in list_all(admin, "/items") if one["id"] == item["id"]]

    assert found.items() >= item.items()
    assert set(found) - set(item) == {"created_by", "created_at"}
    assert found["created_by"] == login[0]
    age = datetime.now(UTC) - datetime.fromisoformat(found["created_at"])
    assert timedelta(minutes=-5) < age < timedelta(minutes=30)


@since("11")
def test_put_item_leaves_who_created_it(ana, admin, login, new_name, priced, list_all):
    """PUT /item/N of an existing item does not change who created it, and when."""
    item = ana.post(url(new_name()), json=priced(15.99)).json()
    [before] = [one for one in list_all(admin, "/items") if one["id"] == item["id"]]

    admin.put(url(item["name"]), json=priced(7))

    [after] = [one for one in list_all(admin, "/items") if one["id"] == item["id"]]
    assert after == {**before, "price": 7}


@since("11")
def test_items_of_a_deleted_user_have_no_creator(
    api, admin, user, user_id, log_in, bearer, new_name, priced, list_all
):
    """GET /items shows an admin no creator (null) for the items of a deleted user."""
    headers = bearer(log_in(user)["access_token"])
    item = api.post(url(new_name()), json=priced(15.99), headers=headers).json()
    api.delete(f"/user/{user_id}", headers=headers)

    [found] = [one for one in list_all(admin, "/items") if one["id"] == item["id"]]

    assert found["created_by"] is None
    assert found["created_at"]


@since("11")
def test_items_come_in_the_same_pages_for_all_roles(
    api, ana, admin, at_once, new_name, priced
):
    """GET /items comes in the same pages to visitors, users and admins."""
    body = priced(1)
    at_once(5, lambda _: ana.post(url(new_name()), json=body))
    two = {"page": 2, "page_size": 2}

    visitor, user, boss = (who.get("/items", params=two) for who in (api, ana, admin))

    names = visitor.json()["items"]
    assert len(names) == 2
    assert names == [item["name"] for item in user.json()["items"]]
    assert names == [item["name"] for item in boss.json()["items"]]
    pages = [json.loads(reply.headers["X-Pagination"]) for reply in (visitor, user)]
    assert pages[0] == pages[1]


@since("11")
@pytest.mark.parametrize("page", [10**6, 2**31, 2**63, 10**30])
def test_page_after_the_last_is_empty_for_visitors(api, page):
    """GET /items returns 200 with no names on a page after the last."""
    reply = api.get("/items", params={"page": page, "page_size": 100})

    assert reply.status_code == 200
    assert reply.json()["items"] == []


@since("11")
@pytest.mark.parametrize("bad_token", ["x", "a.b.c"])
def test_list_items_refuses_a_bad_token(api, bearer, bad_token):
    """GET /items returns 401 (invalid_token) for a bad token."""
    reply = api.get("/items", headers=bearer(bad_token))

    assert reply.status_code == 401
    assert reply.json()["error"] == "invalid_token"
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


@since("11")
def test_get_item_needs_a_token(api, ana, new_name, priced):
    """GET /item/N returns 401 without a token, whether there is such an item or not."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    for path in (url(name), url(new_name()), "/item/%07"):
        reply = api.get(path)

        assert reply.status_code == 401
        assert reply.json()["error"] == "authorization_required"


@since("11")
def test_delete_item_is_for_admins(ana, new_name, priced):
    """DELETE /item/N returns 403 to a user, and the item stays."""
    name = new_name()
    ana.post(url(name), json=priced(15.99))

    reply = ana.delete(url(name))

    assert reply.status_code == 403
    assert reply.json()["message"]
    assert ana.get(url(name)).status_code == 200
    assert ana.delete(url(new_name())).status_code == 403

import json
from urllib.parse import quote

import pytest

from classroom.contract import refused_by_proxy, since

pytestmark = since("06")

# Each {} becomes a new name: what a server already has must stay there.
BAD_NAMES = [
    *("%20", "%09%0A", "{}" + "x" * 81, "{}%00", "{}a%00b", "{}a%0Ab", "{}%07"),
    *("{}%7F", "{}a%C2%85b", "{}%FF", "{}a%ED%A0%80", "{}%EF%BF%BD"),
]
ANY_SCRIPT = [
    "Kärnten & Söhne",
    "日本の店",
    "متجر",
    "👩‍👩‍👧",
    "'; DROP TABLE stores; --",
]


def url(name):
    """Return the path of a store."""
    return f"/store/{quote(name, safe='')}"


@pytest.fixture
def store(ana, new_name):
    """A new store, with no items."""
    reply = ana.post(url(new_name()))
    reply.raise_for_status()
    return reply.json()


def test_list_stores_shows_each_with_its_items(api, ana, store, new_name, list_all):
    """GET /stores returns 200 with every store and its items."""
    new = {"price": 15.99, "store_id": store["id"]}
    item = ana.post(f"/item/{new_name()}", json=new).json()

    found = [one for one in list_all(api, "/stores") if one["id"] == store["id"]]

    assert found == [{**store, "items": [item]}]


def test_create_store_returns_the_store_and_its_location(api, ana, new_name):
    """POST /store/N returns 201 with the store, and its URL in Location."""
    name = new_name()

    reply = ana.post(url(name))

    assert reply.status_code == 201
    assert set(reply.json()) >= {"id", "name", "items"}
    assert isinstance(reply.json()["id"], int)
    assert reply.json()["name"] == name
    assert reply.json()["items"] == []
    assert api.get(reply.headers["Location"]).json() == reply.json()


@pytest.mark.parametrize(
    "body", [b"{}", b"no json", b'{"name": "other"}', b"[" * 100_000], ids=len
)
def test_create_store_ignores_the_body(ana, new_name, body):
    """POST /store/N ignores a body."""
    name = new_name()

    reply = ana.post(url(name), data=body, headers={"Content-Type": "application/json"})

    assert reply.status_code == 201
    assert reply.json()["name"] == name


def test_create_store_trims_the_name(api, ana, new_name):
    """POST /store/N removes the whitespace around a name."""
    name = new_name()

    reply = ana.post(url(f" \t{name}\n"))

    assert reply.status_code == 201
    assert reply.json()["name"] == name
    assert api.get(url(name)).status_code == 200


@pytest.mark.parametrize("text", ANY_SCRIPT, ids=ascii)
def test_create_store_takes_any_script(api, ana, new_name, text):
    """POST /store/N accepts a name in any script, and GET /store/N finds it."""
    name = f"{new_name()} {text}"

    reply = ana.post(url(name))

    assert reply.status_code == 201
    assert reply.json()["name"] == name
    assert api.get(url(name)).json() == reply.json()


@pytest.mark.parametrize("name", BAD_NAMES)
def test_create_store_refuses_a_bad_name(ana, new_name, name):
    """POST /store/N returns 422 for a bad name, and says what is wrong."""
    reply = ana.post(f"/store/{name.format(new_name())}")

    assert reply.json()["message"]
    if not refused_by_proxy(reply):
        assert reply.status_code == 422
        assert reply.json()["errors"]["name"]


def test_create_store_twice_conflicts(ana, store):
    """POST /store/N returns 409 for a name that is in use, and says which."""
    reply = ana.post(url(store["name"]))

    assert reply.status_code == 409
    assert store["name"] in reply.json()["message"]


def test_create_store_from_16_clients_at_once_makes_one(ana, new_name, at_once):
    """POST /store/N from 16 clients at once returns one 201 and 15 times 409."""
    name = new_name()

    statuses = at_once(16, lambda _: ana.post(url(name)).status_code)

    assert sorted(statuses) == [201] + [409] * 15


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_changing_a_store_needs_a_token(api, store, new_name, method):
    """POST and DELETE /store/N return 401 without a token, and change nothing."""
    name = new_name()

    reply = api.request(method, url(store["name"]))

    assert reply.status_code == 401
    assert reply.json()["error"] == "authorization_required"
    assert api.get(url(store["name"])).status_code == 200
    assert api.request(method, url(name)).status_code == 401
    assert api.get(url(name)).status_code == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "name", ["{}", "{}" + "9" * 30, "{}" + "x" * 5000, "{}%25", *BAD_NAMES]
)
def test_unknown_store_is_not_found(admin, new_name, method, name):
    """GET and DELETE /store/N return 404 if there is no such store, however odd."""
    reply = admin.request(method, f"/store/{name.format(new_name())}")

    assert reply.status_code == 404 or refused_by_proxy(reply)
    assert reply.json()["message"]


def test_delete_store_deletes_its_items(
    api, ana, reader, admin, store, store_id, new_name
):
    """DELETE /store/N returns 200; its items are gone, too, and no others."""
    name, other = new_name(), new_name()
    ana.post(f"/item/{name}", json={"price": 1, "store_id": store["id"]})
    ana.post(f"/item/{other}", json={"price": 1, "store_id": store_id})

    reply = admin.delete(url(store["name"]))

    assert reply.status_code == 200
    assert reply.json()["message"]
    assert api.get(url(store["name"])).status_code == 404
    assert reader.get(f"/item/{name}").status_code == 404
    assert reader.get(f"/item/{other}").status_code == 200


def test_item_says_in_which_store_it_is(api, ana, store, new_name):
    """POST /item/N puts the item into the store of that id, which then lists it."""
    new = {"price": 15.99, "store_id": store["id"]}

    reply = ana.post(f"/item/{new_name()}", json=new)

    assert set(reply.json()) == {"id", "name", "price", "store_id"}
    assert reply.json()["store_id"] == store["id"]
    assert api.get(url(store["name"])).json()["items"] == [reply.json()]


def test_put_item_moves_it_to_another_store(api, ana, store, store_id, new_name):
    """PUT /item/N with another store_id moves the item; its id stays."""
    path = f"/item/{new_name()}"
    item = ana.post(path, json={"price": 1, "store_id": store_id}).json()

    reply = ana.put(path, json={"price": 2, "store_id": store["id"]})

    assert reply.status_code == 200
    assert reply.json() == {**item, "price": 2, "store_id": store["id"]}
    assert api.get(url(store["name"])).json()["items"] == [reply.json()]


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("there", [False, True], ids=["new item", "known item"])
@pytest.mark.parametrize(
    "bad_id",
    [
        *("2147483647", "2147483648", "9223372036854775807", "9223372036854775808"),
        *(
            "9" * 400,
            "0",
            "-1",
            "1.5",
            "1e30",
            "NaN",
            "true",
            "null",
            '"1"',
            "[1]",
            "{}",
        ),
    ],
    ids=lambda text: text[:20],
)
def test_item_in_an_unknown_store_is_refused(
    ana, reader, store_id, new_name, method, there, bad_id
):
    """POST and PUT /item/N return 422, on store_id, if there is no such store."""
    path = f"/item/{new_name()}"
    if there:
        ana.put(path, json={"price": 1, "store_id": store_id})
    body = f'{{"price": 2, "store_id": {bad_id}}}'

    reply = ana.request(
        method, path, data=body, headers={"Content-Type": "application/json"}
    )

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == ["store_id"]
    assert reply.json()["message"]
    assert reader.get(path).status_code == (200 if there else 404)


@pytest.mark.parametrize("path, what", [("/stores", "stores"), ("/items", "items")])
def test_lists_come_in_pages(ana, reader, store_id, new_name, path, what):
    """GET /stores and /items take ?page= and ?page_size=, and send X-Pagination."""
    for _ in range(3):
        ana.post(f"/item/{new_name()}", json={"price": 1, "store_id": store_id})
        ana.post(f"/store/{new_name()}")

    first = reader.get(path, params={"page": 1, "page_size": 2})
    second = reader.get(path, params={"page": 2, "page_size": 2})

    assert [first.status_code, second.status_code] == [200, 200]
    ids = [thing["id"] for reply in (first, second) for thing in reply.json()[what]]
    assert len(set(ids)) == len(first.json()[what]) + len(second.json()[what]) >= 3
    pages = json.loads(first.headers["X-Pagination"])
    assert pages["total"] >= 3
    assert pages["total_pages"] == pages["last_page"] == -(-pages["total"] // 2)
    assert (pages["first_page"], pages["page"], pages["next_page"]) == (1, 1, 2)


@pytest.mark.parametrize("path, what", [("/stores", "stores"), ("/items", "items")])
def test_lists_have_20_things_on_a_page(
    api, ana, store_id, at_once, new_name, path, what
):
    """GET /stores and /items return 20 entries by default."""
    item = {"price": 1, "store_id": store_id}
    at_once(21, lambda _: ana.post(f"/item/{new_name()}", json=item))
    at_once(21, lambda _: ana.post(f"/store/{new_name()}"))

    reply = api.get(path)

    assert len(reply.json()[what]) == 20


@pytest.mark.parametrize("path", ["/stores", "/items"])
@pytest.mark.parametrize("page", [10**6, 2**31, 2**63, 10**30])
def test_page_after_the_last_is_empty(reader, path, page):
    """GET /stores and /items return 200 with nothing on a page after the last."""
    reply = reader.get(path, params={"page": page, "page_size": 100})

    assert reply.status_code == 200
    assert list(reply.json().values()) == [[]]


@pytest.mark.parametrize("path", ["/stores", "/items"])
@pytest.mark.parametrize(
    "field, value",
    [
        *(("page", bad) for bad in ["0", "-1", "x", "", "1.5", "9" * 5000, "\0", "é"]),
        *(("page_size", bad) for bad in ["0", "-1", "101", "x", "", "1e2", "9" * 30]),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_bad_page_is_refused(api, path, field, value):
    """GET /stores and /items return 422 for a bad page or page_size, and name it."""
    reply = api.get(path, params={field: value})

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == [field]
    assert reply.json()["message"]


def test_ids_of_what_is_gone_are_not_used_again(ana, admin, new_name):
    """POST /store/N gives each store an id of its own, also after a DELETE."""
    first, second = new_name(), new_name()
    before = ana.post(f"/store/{first}").json()["id"]
    admin.delete(f"/store/{first}")

    after = ana.post(f"/store/{second}").json()["id"]

    assert after != before


def test_create_store_takes_80_characters_of_any_script(api, ana, new_name):
    """POST /store/N accepts 80 characters, also of 4 bytes each."""
    name = new_name().ljust(80, "🪑")

    reply = ana.post(url(name))

    assert reply.status_code == 201
    assert api.get(url(name)).json()["name"] == name


def test_delete_store_while_items_are_put_into_it(
    reader, ana, admin, store, new_name, at_once
):
    """DELETE /store/N leaves no item, not even one that is PUT at the same time."""
    items = [f"/item/{new_name()}" for _ in range(16)]
    body = {"price": 1, "store_id": store["id"]}

    def put_or_delete(number):
        if number == 8:
            return admin.delete(url(store["name"])).status_code
        return ana.put(items[number], json=body).status_code

    statuses = at_once(16, put_or_delete)

    assert statuses[8] == 200
    assert set(statuses) <= {200, 201, 422}
    assert {reader.get(path).status_code for path in items} == {404}


@since("11")
def test_delete_store_is_for_admins(api, ana, store, new_name):
    """DELETE /store/N returns 403 to a user, and the store stays."""
    reply = ana.delete(url(store["name"]))

    assert reply.status_code == 403
    assert reply.json()["message"]
    assert api.get(url(store["name"])).status_code == 200
    assert ana.delete(url(new_name())).status_code == 403

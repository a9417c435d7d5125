from urllib.parse import quote

import pytest

from classroom.contract import since

pytestmark = since("03", until="04")

ANY_SCRIPT = [
    *("Kärnten & Söhne", "日本の店", "متجر", "दुकान", "👩‍👩‍👧 toys", "item"),
    *("a%2Fb?c=d#e", "'; DROP TABLE stores; --", '"quoted" \\ back', "<b>bold"),
]


def test_list_stores_in_memory_shows_each_with_its_items(api, new_name):
    """GET /store returns 200 with every store and its items."""
    name, chair = new_name(), {"name": "Chair", "price": 49.5}
    api.post("/store", json={"name": name})
    api.post(f"/store/{name}/item", json=chair)

    reply = api.get("/store")

    assert reply.status_code == 200
    assert {"name": name, "items": [chair]} in reply.json()["stores"]


def test_create_store_in_memory_returns_the_store_and_its_location(api, new_name):
    """POST /store returns 201 with the new store, and its URL in Location."""
    name = new_name()

    reply = api.post("/store", json={"name": name})

    assert reply.status_code == 201
    assert reply.json() == {"name": name, "items": []}
    assert api.get(reply.headers["Location"]).json() == reply.json()


def test_create_store_in_memory_trims_the_name(api, new_name):
    """POST /store removes the whitespace around a name."""
    name = new_name()

    reply = api.post("/store", json={"name": f" \t{name}\n"})

    assert reply.status_code == 201
    assert reply.json()["name"] == name


@pytest.mark.parametrize("text", ANY_SCRIPT, ids=ascii)
def test_create_store_in_memory_takes_any_script(api, new_name, text):
    """POST /store accepts a name in any script, and GET /store/N finds it."""
    name = f"{new_name()} {text}"

    reply = api.post("/store", json={"name": name})

    assert reply.status_code == 201
    for path in (f"/store/{quote(name, safe='')}", reply.headers["Location"]):
        assert api.get(path).json() == {"name": name, "items": []}


def test_create_store_takes_80_characters(api, new_name):
    """POST /store accepts a name of 80 characters, the maximum."""
    reply = api.post("/store", json={"name": new_name().ljust(80, "x")})

    assert reply.status_code == 201


@pytest.mark.parametrize(
    "name",
    [
        *("", "  ", "x" * 81, "half \ud83d", None, True, 7, 1.5),
        *(["name"], {"name": "name"}),
    ],
    ids=ascii,
)
def test_create_store_in_memory_refuses_a_bad_name(api, name):
    """POST /store returns 400 for a bad name, and says which field is wrong."""
    reply = api.post("/store", json={"name": name})

    assert reply.status_code == 400
    assert reply.json()["errors"]["name"]
    assert reply.json()["message"]


def test_create_store_refuses_a_slash(api):
    """POST /store returns 400 for a name with a slash."""
    reply = api.post("/store", json={"name": "a/b"})

    assert reply.status_code == 400
    assert reply.json()["errors"]["name"]


def test_create_store_refuses_missing_and_unknown_fields(api, new_name):
    """POST /store returns 400 for missing and unknown fields, and names each."""
    reply = api.post("/store", json={"nam": new_name(), "open": True})

    assert reply.status_code == 400
    assert set(reply.json()["errors"]) == {"name", "nam", "open"}


@pytest.mark.parametrize("body", ["[]", '"name"', "7", "null", "true"])
def test_create_store_refuses_a_body_that_is_no_object(api, body):
    """POST /store returns 400 for JSON that is not an object."""
    headers = {"Content-Type": "application/json"}

    reply = api.post("/store", data=body, headers=headers)

    assert reply.status_code == 400
    assert reply.json()["message"]


def test_create_store_in_memory_twice_conflicts(api, new_name):
    """POST /store returns 409 for a name that is in use, and says which."""
    name = new_name()
    api.post("/store", json={"name": name})

    reply = api.post("/store", json={"name": name})

    assert reply.status_code == 409
    assert name in reply.json()["message"]


def test_create_store_from_50_clients_at_once_makes_one(api, new_name, at_once):
    """POST /store from 50 clients at the same time returns one 201 and 49 times 409."""
    name = new_name()

    statuses = at_once(
        50, lambda _: api.post("/store", json={"name": name}).status_code
    )

    assert sorted(statuses) == [201] + [409] * 49


def test_list_stores_while_others_create_them(api, new_name, at_once):
    """GET /store returns 200 also while other clients create stores."""

    def create_or_list(number):
        if number % 2:
            return api.get("/store").status_code
        return api.post("/store", json={"name": new_name()}).status_code

    statuses = at_once(50, create_or_list)

    assert sorted(statuses) == [200] * 25 + [201] * 25


def test_get_store_shows_it(api, store):
    """GET /store/N returns 200 with the store and its items."""
    chair = {"name": "Chair", "price": 49.5}
    api.post(f"{store}/item", json=chair)

    reply = api.get(store)

    assert reply.status_code == 200
    assert reply.json()["items"] == [chair]


def test_get_an_unknown_store_is_not_found(api, new_name):
    """GET /store/N returns 404 if there is no such store."""
    reply = api.get(f"/store/{new_name()}")

    assert reply.status_code == 404
    assert reply.json()["message"]


def test_delete_store_removes_it_with_its_items(api, new_name, login):
    """DELETE /store/N with a login returns 200; its items are gone, too."""
    name = new_name()
    api.post("/store", json={"name": name})
    api.post(f"/store/{name}/item", json={"name": "Chair", "price": 49.5})

    reply = api.delete(f"/store/{name}", auth=login)

    assert reply.status_code == 200
    assert reply.json()["message"]
    assert api.get(f"/store/{name}").status_code == 404
    again = api.post("/store", json={"name": name})
    assert again.json() == {"name": name, "items": []}


@pytest.mark.parametrize(
    "authorization",
    [
        *(None, "", "Basic", "Basic !!!", "Basic YW5h", "Basic /////w=="),
        *("Basic YW5hOndyb25n", "Basic Ym9iOm9wZW4tc2VzYW1l", "Basic 8J+Yijrwn5iK"),
        *("Basic YW5hOm9wZW4tc2VzYW1lWA==", "Basic \xe9", "Basic a"),
        *("Bearer open-sesame", 'Digest username="ana", password="open-sesame"'),
    ],
)
def test_delete_store_without_a_login_is_refused(api, store, authorization):
    """DELETE /store/N returns 401, with WWW-Authenticate, without a valid login."""
    headers = {"Authorization": authorization and authorization.encode("latin-1")}

    reply = api.delete(store, headers=headers)

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith('Basic realm="')
    assert reply.json()["message"]
    assert api.get(store).status_code == 200


def test_delete_an_unknown_store_needs_a_login_as_well(api, new_name):
    """DELETE /store/N returns 401 without a login, whether the store exists or not."""
    reply = api.delete(f"/store/{new_name()}")

    assert reply.status_code == 401


def test_delete_an_unknown_store_is_not_found(api, new_name, login):
    """DELETE /store/N returns 404 if there is no such store."""
    reply = api.delete(f"/store/{new_name()}", auth=login)

    assert reply.status_code == 404
    assert reply.json()["message"]

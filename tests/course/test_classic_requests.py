"""Requests of the course that the sections follow, in its order, and their responses.

They are those that its older edition makes: in its lectures, in its published code, and
in its Postman collection. Where the status is another one here, the README of the
section has a row about it, under "Coming from the course".
"""

import re

import pytest

from classroom.sections import find_section
from classroom.server import NO_LIMITS, Server
from classroom.server.client import bearer

STORE = {"name": "Corner"}
PEN = {"name": "pen", "price": 1.2}
PRICE = {"price": 15.99}
CHAIR = {"price": 17.99, "store_id": 1}
ANA = {"username": "ana", "password": "open-sesame"}
SHORT = {"username": "jose", "password": "1234"}
JOSE = {"username": "jose", "password": "a long enough one"}
WRONG = {"username": "jose", "password": "not the password"}

# For each section: the request, its body, the header Authorization, in which {access}
# and {refresh} are the latest tokens, the status, what the response contains, and the
# row in the table of the README, if the course has another status.
ACCESS, REFRESH, OLD_SCHEME = "Bearer {access}", "Bearer {refresh}", "JWT {access}"
REQUESTS = {
    "03": [
        ("GET /", None, "", 200, None, ""),
        ("POST /store", STORE, "", 201, STORE | {"items": []}, "`POST /store`"),
        ("POST /store", STORE, "", 409, {}, "the same, with a name that is in use"),
        ("POST /store", {}, "", 400, {"errors": {}}, "the same, without a name"),
        ("GET /store", None, "", 200, {}, ""),
        ("GET /store/Corner", None, "", 200, STORE, ""),
        (
            "GET /store/None",
            None,
            "",
            404,
            {},
            "any URL of a store that does not exist",
        ),
        ("POST /store/Corner/item", PEN, "", 201, PEN, "`POST /store/<name>/item`"),
        (
            "POST /store/Corner/item",
            {"name": "ink", "price": "2.50"},
            "",
            400,
            {"errors": {}},
            'the same, with a price in quotes: `"15.99"`',
        ),
        ("GET /store/Corner/item", None, "", 200, {"items": [PEN]}, ""),
    ],
    "04": [
        ("GET /items", None, "", 200, {"items": []}, ""),
        (
            "POST /auth",
            {"username": "user1", "password": "abcxyz"},
            "",
            401,
            {},
            "`POST /auth` as `user1`",
        ),
        ("POST /auth", ANA, "", 200, {}, ""),
        (
            "POST /item/chair",
            PRICE,
            "",
            401,
            {"error": "authorization_required"},
            "`POST /item/<name>` without a token",
        ),
        (
            "POST /item/chair",
            PRICE,
            OLD_SCHEME,
            401,
            {"error": "invalid_token"},
            "any request that needs a token, with `Authorization: JWT …`",
        ),
        (
            "POST /item/chair",
            PRICE,
            ACCESS,
            201,
            {"name": "chair"} | PRICE,
            "`POST /item/<name>`",
        ),
        (
            "POST /item/chair",
            PRICE,
            ACCESS,
            409,
            {},
            "the same, with a name that is in use",
        ),
        (
            "POST /item/table",
            {},
            ACCESS,
            422,
            {"errors": {}},
            "the same, without a price",
        ),
        (
            "POST /item/table",
            {"price": "15.99"},
            ACCESS,
            422,
            {"errors": {}},
            'the same, with a price in quotes: `"15.99"`',
        ),
        (
            "GET /item/chair",
            None,
            "",
            200,
            {"name": "chair"} | PRICE,
            "`GET /item/<name>` without a token",
        ),
        (
            "GET /item/none",
            None,
            ACCESS,
            404,
            {},
            "the same, of an item that does not exist",
        ),
        ("PUT /item/chair", {"price": 12}, ACCESS, 200, {"price": 12}, ""),
        (
            "PUT /item/lamp",
            PRICE,
            ACCESS,
            201,
            PRICE,
            "`PUT /item/<name>` that creates the item",
        ),
        ("DELETE /item/chair", None, ACCESS, 200, {}, ""),
        (
            "DELETE /item/chair",
            None,
            ACCESS,
            404,
            {},
            "`DELETE /item/<name>` of an item that does not exist",
        ),
    ],
    "05": [
        (
            "POST /register",
            SHORT,
            "",
            422,
            {"errors": {}},
            "`POST /register` with a password such as `1234`",
        ),
        ("POST /register", JOSE, "", 201, {"id": 2, "username": "jose"}, ""),
        (
            "POST /register",
            JOSE,
            "",
            409,
            {},
            "the same, with a username that is in use",
        ),
        ("POST /auth", WRONG, "", 401, {}, ""),
        ("POST /auth", JOSE, "", 200, {}, ""),
        ("PUT /item/chair", PRICE, ACCESS, 201, PRICE, ""),
        ("GET /items", None, "", 200, {"items": [{"name": "chair"} | PRICE]}, ""),
    ],
    "06": [
        ("POST /auth", ANA, "", 200, {}, ""),
        (
            "POST /store/My Wonderful Store",
            None,
            "",
            401,
            {},
            "`POST /store/<name>` without a token",
        ),
        ("POST /store/My Wonderful Store", None, ACCESS, 201, {"items": []}, ""),
        (
            "POST /store/My Wonderful Store",
            None,
            ACCESS,
            409,
            {},
            "the same, with a name that is in use",
        ),
        ("GET /store/None", None, "", 404, {}, ""),
        (
            "POST /item/lamp",
            CHAIR | {"store_id": 9},
            ACCESS,
            422,
            {"errors": {}},
            "`POST /item/<name>` with the id of a store that does not exist",
        ),
        ("POST /item/chair", CHAIR, ACCESS, 201, {"name": "chair"} | CHAIR, ""),
        ("GET /stores", None, "", 200, {"stores": [{"items": [CHAIR]}]}, ""),
        (
            "DELETE /store/My Wonderful Store",
            None,
            "",
            401,
            {},
            "`DELETE /store/<name>` without a token",
        ),
        ("DELETE /store/My Wonderful Store", None, ACCESS, 200, {}, ""),
        (
            "DELETE /store/My Wonderful Store",
            None,
            ACCESS,
            404,
            {},
            "the same, of a store that does not exist",
        ),
        ("GET /items", None, "", 200, {"items": []}, ""),
    ],
    # The order is that of its Postman collection: users, items, stores.
    "11": [
        ("POST /register", JOSE, "", 201, {"id": 2}, ""),
        (
            "GET /user/2",
            None,
            "",
            401,
            {},
            "`GET /user/<id>` or `DELETE /user/<id>` without a token",
        ),
        ("POST /login", JOSE, "", 200, {}, ""),
        ("GET /user/2", None, ACCESS, 200, {"id": 2, "username": "jose"}, ""),
        ("POST /logout", None, ACCESS, 200, {}, ""),
        (
            "POST /refresh",
            None,
            REFRESH,
            401,
            {"error": "token_revoked"},
            "`POST /refresh` after `POST /logout`",
        ),
        ("GET /item/chair", None, ACCESS, 401, {"error": "token_revoked"}, ""),
        ("POST /login", JOSE, "", 200, {}, ""),
        ("POST /refresh", None, REFRESH, 200, {}, ""),
        ("GET /item/chair", None, ACCESS, 404, {}, ""),
        (
            "POST /item/chair",
            CHAIR,
            ACCESS,
            401,
            {"error": "fresh_token_required"},
            "",
        ),
        ("POST /auth", JOSE, "", 200, {}, "`POST /auth`"),
        ("POST /store/My Wonderful Store", None, ACCESS, 201, {"items": []}, ""),
        ("POST /item/chair", CHAIR, ACCESS, 201, {"name": "chair"} | CHAIR, ""),
        ("PUT /item/chair", CHAIR, "", 401, {}, "`PUT /item/<name>` without a token"),
        ("PUT /item/chair", CHAIR | {"price": 12}, ACCESS, 200, {"price": 12}, ""),
        (
            "DELETE /item/chair",
            None,
            ACCESS,
            403,
            {},
            "`DELETE /item/<name>` by a user who is not an admin",
        ),
        ("GET /items", None, ACCESS, 200, {"items": [CHAIR | {"price": 12}]}, ""),
        ("GET /items", None, "", 200, {"items": ["chair"]}, ""),
        (
            "DELETE /store/My Wonderful Store",
            None,
            ACCESS,
            403,
            {},
            "`DELETE /store/<name>` by a user who is not an admin",
        ),
        ("GET /stores", None, "", 200, {"stores": [{"items": [{}]}]}, ""),
        ("POST /login", ANA, "", 200, {}, ""),
        ("DELETE /item/chair", None, ACCESS, 200, {}, ""),
        ("DELETE /user/2", None, ACCESS, 200, {}, ""),
        ("POST /login", JOSE, "", 401, {}, ""),
        ("DELETE /store/My Wonderful Store", None, ACCESS, 200, {}, ""),
    ],
}
# Where a section responds to the requests as an earlier one does, and classic.py.
AS_BEFORE = [("04", "classic", "04"), ("07", "app", "06"), ("14", "app", "11")]
SERVERS = [(number, "app", number) for number in REQUESTS] + AS_BEFORE


@pytest.fixture
def api(section, module):
    """A session with a section; of its users, ana is an admin where there are roles."""
    folder = find_section(section).folder
    with Server(folder, app=module, settings=NO_LIMITS) as server:
        if section in ("11", "14"):
            server.flask("grant-admin", "ana")
        with server.api() as session:
            yield session


def contains(found, wanted):
    """Return whether the JSON of a response contains what is expected."""
    if isinstance(wanted, dict):
        return all(
            name in found and contains(found[name], wanted[name]) for name in wanted
        )
    if isinstance(wanted, list):
        pairs = zip(found, wanted, strict=False)
        return len(found) == len(wanted) and all(contains(*pair) for pair in pairs)
    return found == wanted


@pytest.mark.parametrize(
    ("section", "module", "requests"),
    SERVERS,
    ids=[f"{number}-{module}" for number, module, _ in SERVERS],
)
def test_requests_of_the_course_get_the_documented_responses(api, requests):
    kept = {}  # tokens, as a Postman collection keeps them in its environment
    for request, body, authorization, status, wanted, _ in REQUESTS[requests]:
        method, _, path = request.partition(" ")
        headers = {"Authorization": authorization.format_map(kept)}

        reply = api.request(
            method, path, json=body, headers=headers if authorization else None
        )

        assert (request, reply.status_code) == (request, status), reply.text
        if wanted is not None:
            assert contains(reply.json(), wanted), (request, reply.text)
            tokens = [name for name in reply.json() if name.endswith("_token")]
            kept |= {name.removesuffix("_token"): reply.json()[name] for name in tokens}


@pytest.mark.parametrize("number", REQUESTS)
def test_readme_lists_the_responses_that_are_different_here(number):
    readme = (find_section(number).folder / "README.md").read_text(encoding="utf-8")
    part = re.search(r"^## Coming from the course$.*?(?=^## )", readme, re.S | re.M)
    rows = re.findall(r"^\| (.+) \| .+ \| (\d{3})\b.* \|$", part[0], re.MULTILINE)

    different = [(each[5], str(each[3])) for each in REQUESTS[number] if each[5]]

    assert rows == different


@pytest.mark.parametrize(("section", "module"), [("11", "app")])
def test_body_of_a_request_that_needs_none_is_ignored(api):
    """The course's requests for a store have a body with its name."""
    tokens = api.post("/login", json=ANA).json()
    headers = bearer(tokens["access_token"])

    created = api.post("/store/Corner", json={"name": "Corner"}, headers=headers)
    refreshed = api.post("/refresh", json={}, headers=bearer(tokens["refresh_token"]))

    assert [created.status_code, refreshed.status_code] == [201, 200]

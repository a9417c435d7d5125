"""Requests as they were made for the course that the sections follow.

They have its paths, its order and its way: one user, whose tokens are kept from each
answer, and an admin who is there already. What must come of them is the same as there.
"""

import pytest

from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import bearer

ANA = {"username": "ana", "password": "open-sesame"}
WHO = {"username": "joana", "password": "a long enough one"}
CHAIR = {"price": 17.99, "store_id": 1}


@pytest.fixture
def api():
    """A session with section 11; of its users, ana is an admin."""
    with Server(find_section("11").folder) as server, server.api() as session:
        server.flask("grant-admin", "ana")
        yield session


# The requests in order: the method and path, the body, which of the kept tokens is
# sent, the expected status, and what the response must contain.
REQUESTS = [
    ("POST /register", WHO, None, 201, {"username": "joana"}),
    ("POST /login", WHO, None, 200, {}),
    ("GET /user/2", None, "access_token", 200, {"id": 2, "username": "joana"}),
    ("POST /store/My Wonderful Store", None, "access_token", 201, {"items": []}),
    ("GET /store/My Wonderful Store", None, None, 200, {"items": []}),
    ("POST /item/chair", CHAIR, "access_token", 201, {"name": "chair"} | CHAIR),
    ("GET /item/chair", None, "access_token", 200, {"name": "chair"} | CHAIR),
    ("PUT /item/chair", CHAIR | {"price": 12}, "access_token", 200, {"price": 12}),
    ("GET /items", None, None, 200, {"items": ["chair"]}),
    ("GET /items", None, "access_token", 200, {"items": [CHAIR | {"price": 12}]}),
    ("GET /stores", None, None, 200, {"stores": [{"name": "My Wonderful Store"}]}),
    ("POST /refresh", None, "refresh_token", 200, {}),
    ("GET /item/chair", None, "access_token", 200, {"name": "chair"}),
    ("POST /item/table", CHAIR, "access_token", 401, {"error": "fresh_token_required"}),
    ("DELETE /item/chair", None, "access_token", 403, {}),
    ("POST /auth", WHO, None, 200, {}),
    ("POST /item/table", CHAIR, "access_token", 201, {"name": "table"}),
    ("POST /logout", None, "access_token", 200, {}),
    ("GET /item/chair", None, "access_token", 401, {"error": "token_revoked"}),
    ("POST /refresh", None, "refresh_token", 401, {"error": "token_revoked"}),
    ("POST /login", ANA, None, 200, {}),
    ("DELETE /item/chair", None, "access_token", 200, {}),
    ("GET /item/chair", None, "access_token", 404, {}),
    ("DELETE /user/2", None, "access_token", 200, {}),
    ("POST /login", WHO, None, 401, {}),
    ("DELETE /store/My Wonderful Store", None, "access_token", 200, {}),
    ("GET /items", None, None, 200, {"items": []}),
    ("GET /stores", None, None, 200, {"stores": []}),
]


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


def test_requests_of_the_course_have_the_same_results(api):
    kept = {}  # tokens, as a collection keeps them in its environment
    for request, body, token, status, wanted in REQUESTS:
        method, _, path = request.partition(" ")

        reply = api.request(
            method, path, json=body, headers=bearer(kept[token]) if token else None
        )

        assert (request, reply.status_code) == (request, status), reply.text
        assert contains(reply.json(), wanted), (request, reply.text)
        kept |= {
            name: value
            for name, value in reply.json().items()
            if name.endswith("_token")
        }


def test_body_of_a_request_that_needs_none_is_ignored(api):
    """The course's requests for a store have a body with its name."""
    tokens = api.post("/login", json=ANA).json()
    headers = bearer(tokens["access_token"])

    created = api.post("/store/Corner", json={"name": "Corner"}, headers=headers)
    refreshed = api.post("/refresh", json={}, headers=bearer(tokens["refresh_token"]))

    assert [created.status_code, refreshed.status_code] == [201, 200]

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


# What is sent one after the other: the verb and path, the body, which of the kept
# tokens goes with it, the status that must come, and what the answer must say.
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


def says(answer, wanted):
    """Return whether an answer says what is wanted; it may say more."""
    if isinstance(wanted, dict):
        return all(
            name in answer and says(answer[name], wanted[name]) for name in wanted
        )
    if isinstance(wanted, list):
        pairs = zip(answer, wanted, strict=False)
        return len(answer) == len(wanted) and all(says(*pair) for pair in pairs)
    return answer == wanted


def test_requests_of_the_course_reach_the_same_ends(api):
    kept = {}  # tokens, as a collection keeps them in its environment
    for request, body, token, status, wanted in REQUESTS:
        verb, _, path = request.partition(" ")

        reply = api.request(
            verb, path, json=body, headers=bearer(kept[token]) if token else None
        )

        assert (request, reply.status_code) == (request, status), reply.text
        assert says(reply.json(), wanted), (request, reply.text)
        kept |= {
            name: text for name, text in reply.json().items() if name.endswith("_token")
        }


def test_body_where_none_belongs_does_not_matter(api):
    """The course's requests for a store have a body with its name."""
    tokens = api.post("/login", json=ANA).json()
    headers = bearer(tokens["access_token"])

    created = api.post("/store/Corner", json={"name": "Corner"}, headers=headers)
    refreshed = api.post("/refresh", json={}, headers=bearer(tokens["refresh_token"]))

    assert [created.status_code, refreshed.status_code] == [201, 200]

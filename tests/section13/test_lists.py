"""Lists and words: collections and items, and who may see and change them."""

import pytest

pytestmark = pytest.mark.xdist_group("section13")  # they share a server

WORD = {"spanish": "el perro", "english": "the dog"}


@pytest.fixture
def mine(user):
    """The path of a list of the user."""
    reply = user.api.post("/api/lists", json={"name": "Animals"})
    assert reply.status_code == 201
    return reply.headers["Location"]


@pytest.fixture
def other(register, new_email):
    """Another user."""
    return register(new_email())


def test_lists_of_the_app_are_open_for_visitors(api):
    lists = api.get("/api/lists").json()["lists"]
    first = api.get(f"/api/lists/{lists[0]['id']}").json()

    assert [each["owner_id"] for each in lists] == [None] * 5
    assert lists[0]["name"] == "In the café"
    assert lists[0]["words_count"] == len(first["words"]) == 24
    assert lists[0]["due"] is None
    assert first["words"][0]["spanish"] == "el café"


def test_list_of_a_user_lives(user, mine):
    assert user.api.get(mine).json()["owner_id"] == user.id
    assert user.api.get(mine).json()["due"] == 0

    renamed = user.api.put(mine, json={"name": "Pets"})
    added = user.api.post(f"{mine}/words", json=WORD)
    word = added.headers["Location"]
    changed = user.api.put(word, json=WORD | {"english": "the dog / the hound"})

    assert (renamed.status_code, renamed.json()["name"]) == (200, "Pets")
    assert (added.status_code, added.json()["spanish"]) == (201, "el perro")
    assert changed.status_code == 200
    assert user.api.get(word).json()["english"] == "the dog / the hound"
    listed = user.api.get("/api/lists").json()["lists"][-1]
    assert (listed["words_count"], listed["due"]) == (1, 1)

    assert user.api.delete(word).status_code == 204
    assert user.api.get(word).status_code == 404
    assert user.api.get(mine).json()["words"] == []
    assert user.api.delete(mine).status_code == 204
    assert user.api.get(mine).status_code == 404
    assert user.api.delete(mine).status_code == 404


def test_names_that_are_taken_conflict(user, mine, other):
    second = user.api.post("/api/lists", json={"name": "Plants"}).headers["Location"]
    user.api.post(f"{mine}/words", json=WORD)
    cat = {"spanish": "el gato", "english": "the cat"}
    word = user.api.post(f"{mine}/words", json=cat).headers["Location"]

    replies = [
        user.api.post("/api/lists", json={"name": " Animals "}),
        user.api.put(second, json={"name": "Animals"}),
        user.api.post(f"{mine}/words", json=WORD),
        user.api.put(word, json=WORD),
    ]

    assert [reply.status_code for reply in replies] == [409] * 4
    assert "Animals" in replies[0].json()["message"]
    # Another user may have a list of the same name, and the same word elsewhere.
    assert other.api.post("/api/lists", json={"name": "Animals"}).status_code == 201
    assert user.api.post(f"{second}/words", json=WORD).status_code == 201


def test_one_of_several_requests_for_a_name_wins(user, at_once, server):
    def add(number):
        with server.api() as session:
            session.headers.update(user.api.headers)
            return session.post("/api/lists", json={"name": "Wanted"}).status_code

    assert sorted(at_once(4, add)) == [201, 409, 409, 409]


def test_only_owners_and_admins_change_a_list(api, user, other, admin, mine):
    word = user.api.post(f"{mine}/words", json=WORD).headers["Location"]
    new = {"name": "Hacked"}

    # To others, a list that is not theirs does not exist.
    for session in (api, other.api):
        assert session.get(mine).status_code == 404
        assert session.get(word).status_code == 404
        assert session.get(f"{mine}/due").status_code == 404
        answer = {"answer": "the dog"}
        assert session.post(f"{word}/answers", json=answer).status_code == 404
    assert other.api.put(mine, json=new).status_code == 404
    assert other.api.delete(mine).status_code == 404
    assert other.api.post(f"{mine}/words", json=WORD).status_code == 404
    assert other.api.delete(word).status_code == 404
    # The lists of the app, all may see, but only admins may change them.
    for method, path, body in [
        ("PUT", "/api/lists/1", new),
        ("DELETE", "/api/lists/1", None),
        ("POST", "/api/lists/1/words", WORD),
        ("PUT", "/api/words/1", WORD),
        ("DELETE", "/api/words/1", None),
    ]:
        assert user.api.request(method, path, json=body).status_code == 403
        assert api.request(method, path, json=body).status_code == 401
    assert admin.api.put(mine, json={"name": "Checked"}).status_code == 200
    assert admin.api.put("/api/lists/2", json={"name": "Family"}).status_code == 200


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/api/lists/0", 404),
        ("GET", "/api/lists/x", 404),
        ("GET", "/api/lists/99999999999", 404),
        ("GET", "/api/words/x", 404),
        ("GET", "/api/words/1/answers", 405),
        ("GET", "/api/no/such/url", 404),
        ("DELETE", "/api/no/such/url", 404),
        ("GET", "/api//lists", 404),
        ("PATCH", "/api/lists", 405),
        ("GET", "/api/lists/1/due?direction=en-fr", 422),
        ("GET", "/api/lists/1/due?limit=0", 422),
        ("GET", "/api/lists/1/due?limit=101", 422),
        ("GET", "/api/lists/1/due?limit=x", 422),
    ],
)
def test_errors_are_json(api, method, path, status):
    reply = api.request(method, path)

    assert reply.status_code == status
    assert reply.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 81},
        {"name": "a\nb"},
        {"name": 1},
        {"name": "x", "owner_id": 1},
        [],
    ],
)
def test_list_with_a_wrong_field_is_invalid(user, body):
    assert user.api.post("/api/lists", json=body).status_code == 422

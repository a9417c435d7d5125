"""Section 14: headers that tell browsers and proxies to be careful."""

import pytest

ANA = {"username": "ana", "password": "open-sesame"}


@pytest.fixture(scope="module")
def client(make_shared_app):
    return make_shared_app("14").test_client()


@pytest.mark.parametrize("path", ["/login", "/auth", "/refresh"])
def test_tokens_must_not_be_stored(client, path):
    refresh_token = client.post("/login", json=ANA).json["refresh_token"]
    headers = {"Authorization": f"Bearer {refresh_token}"} if "fresh" in path else {}

    reply = client.post(path, json=ANA, headers=headers)

    assert "access_token" in reply.json
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/items", 200), ("/item/x", 401), ("/none", 404), ("/login", 405)),
        *(("/docs", 200), ("/swagger-ui/swagger-ui.css", 200), ("/openapi.json", 200)),
    ],
)
def test_browsers_must_not_guess_the_type_of_any_response(client, path, status):
    with client.get(path) as reply:
        assert reply.status_code == status
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_response_to_an_exception_has_the_header_too(make_app, load, monkeypatch):
    app = make_app("14")
    monkeypatch.delattr(load("14", "models").ItemModel, "find_page")

    reply = app.test_client().get("/items")

    assert reply.status_code == 500
    assert reply.headers["X-Content-Type-Options"] == "nosniff"

"""Since section 04, the API describes itself."""

import re

import pytest

from classroom.promises import since

pytestmark = since("04", classic=False)

VERBS = {"get", "post", "put", "delete"}


@pytest.fixture
def operations(api):
    """Every route that the API describes: verb, path and description."""
    paths = api.get("/openapi.json").json()["paths"]
    return [
        (verb, path, operation)
        for path, verbs in paths.items()
        for verb, operation in verbs.items()
        if verb in VERBS
    ]


def test_openapi_describes_every_route(operations):
    """GET /openapi.json names the routes of items and of login."""
    routes = {(verb, path) for verb, path, _ in operations}

    assert {("get", "/items"), ("post", "/login"), ("post", "/auth")} <= routes
    assert {(verb, "/item/{name}") for verb in VERBS} <= routes


def test_openapi_describes_success_and_errors(operations):
    """GET /openapi.json says for every route what it answers, with the bodies."""
    for verb, path, operation in operations:
        statuses = set(operation["responses"])

        assert operation["summary"], (verb, path)
        assert statuses & {"200", "201"}, (verb, path)
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= statuses, (verb, path)
        if "security" in operation:
            assert "401" in statuses, (verb, path)


def test_openapi_says_which_routes_need_a_token(api, operations):
    """GET /openapi.json has a bearer scheme, and names the routes that need it."""
    guarded = {(verb, path) for verb, path, op in operations if "security" in op}

    schemes = api.get("/openapi.json").json()["components"]["securitySchemes"]

    assert [scheme["scheme"] for scheme in schemes.values()] == ["bearer"]
    assert {(v, "/item/{name}") for v in VERBS - {"get"}} <= guarded
    assert not guarded & {("post", "/login"), ("post", "/auth")}


def test_docs_is_a_page_that_needs_nothing_from_elsewhere(api):
    """GET /docs answers 200 with a page whose parts all come from this server."""
    reply = api.get("/docs")

    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    parts = re.findall(r'(?:src|href)="([^"]+)"', reply.text)
    assert parts
    for part in parts:
        assert part.startswith("/")
        assert api.get(part).status_code == 200

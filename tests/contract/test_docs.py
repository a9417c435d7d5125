"""Since section 04, the API describes itself."""

import re

import pytest

from classroom.contract import since
from classroom.contract.routes import promised_routes

pytestmark = since("04", classic=False)

METHODS = {"get", "post", "put", "delete"}


@pytest.fixture
def operations(api, section):
    """The promised routes that the API describes: method, path and description.

    A student's own routes break no promise, whatever their descriptions are.
    """
    paths = api.get("/openapi.json").json()["paths"]
    return [
        (method, path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if f"{method} {path}" in promised_routes(section)
    ]


def test_openapi_describes_every_route(operations, section):
    """GET /openapi.json describes every route of the section."""
    described = {f"{method} {path}" for method, path, _ in operations}

    assert described == promised_routes(section)


def test_openapi_describes_success_and_errors(operations):
    """GET /openapi.json describes the responses of every route, with their bodies."""
    for method, path, operation in operations:
        statuses = set(operation["responses"])

        assert operation["summary"], (method, path)
        assert statuses & {"200", "201"}, (method, path)
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= statuses, (method, path)
        if "security" in operation:
            assert "401" in statuses, (method, path)


def test_openapi_says_which_routes_need_a_token(api, operations):
    """GET /openapi.json has a bearer scheme, and names the routes that need it."""
    guarded = {(method, path) for method, path, op in operations if "security" in op}

    schemes = api.get("/openapi.json").json()["components"]["securitySchemes"]

    assert {scheme["scheme"] for scheme in schemes.values()} == {"bearer"}
    assert {(v, "/item/{name}") for v in METHODS - {"get"}} <= guarded
    assert not guarded & {("post", "/login"), ("post", "/auth")}


def test_docs_is_a_page_that_needs_nothing_from_elsewhere(api):
    """GET /docs returns 200 with a page whose parts all have relative URLs."""
    reply = api.get("/docs")

    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    parts = re.findall(r'(?:src|href)="([^"]+)"', reply.text)
    assert parts
    for part in parts:
        assert re.match(r"(?!/|https?:)", part)
        assert api.get(part).status_code == 200


def names_of(security):
    """Return the names of the schemes; "" is no scheme."""
    return {name for way in security for name in (way or [""])}


@since("05")
def test_openapi_says_that_the_database_may_not_be_ready(operations):
    """GET /openapi.json describes the 503 of every route that needs the database."""
    for method, path, operation in operations:
        needs_database = path != "/health"

        assert ("503" in operation["responses"]) == needs_database, (method, path)


@since("11")
def test_openapi_says_which_token_each_route_takes(operations):
    """GET /openapi.json says which routes take an access token or a refresh token."""
    takes = {
        f"{method} {path}": names_of(operation.get("security", []))
        for method, path, operation in operations
    }

    refresh = {route for route, names in takes.items() if "refresh" in names}
    access = {route for route, names in takes.items() if "bearer" in names}
    optional = {route for route, names in takes.items() if "" in names}
    assert refresh == {"post /refresh"}
    assert optional == {"get /items"}
    assert access == {
        *("get /items", "post /logout", "post /password"),
        *("get /user/{user_id}", "delete /user/{user_id}"),
        *("post /store/{name}", "delete /store/{name}"),
        *(f"{method} /item/{{name}}" for method in METHODS),
    }


@since("11")
def test_openapi_says_who_may(operations):
    """GET /openapi.json says which routes need a fresh token or an admin."""
    said = {f"{method} {path}": op["summary"] for method, path, op in operations}

    fresh = {route for route, text in said.items() if "fresh token" in text}
    admins = {route for route, text in said.items() if "admin" in text}
    assert {"post /password", "post /item/{name}", "delete /user/{user_id}"} <= fresh
    assert {"delete /item/{name}", "delete /store/{name}"} <= admins
    assert {"get /user/{user_id}", "delete /user/{user_id}"} <= admins
    for method, path, operation in operations:
        if f"{method} {path}" in admins - {"get /items"}:
            assert "403" in operation["responses"], (method, path)

"""Since section 07, health checks for monitoring; since section 14, request ids."""

import re

import pytest

from classroom.contract import since

pytestmark = since("07")

HEROKU_ID = "30f14c6c1fc85cba12bfd093aa8f90e3"  # as Heroku's router sends it
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_server_says_that_it_is_well(api, path):
    """GET /health and /ready return 200 with a message, to every client."""
    reply = api.get(path)

    assert reply.status_code == 200
    assert list(reply.json()) == ["message"]


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_health_is_only_for_get(api, path):
    """POST /health and /ready return 405."""
    reply = api.post(path)

    assert reply.status_code == 405
    assert "GET" in reply.headers["Allow"]


def test_openapi_describes_health(api):
    """GET /openapi.json describes /health and /ready, with the 503 of /ready."""
    paths = api.get("/openapi.json").json()["paths"]

    assert "200" in paths["/health"]["get"]["responses"]
    assert {"200", "503"} <= set(paths["/ready"]["get"]["responses"])
    assert not any("security" in paths[path]["get"] for path in ("/health", "/ready"))


@since("14")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/health"), ("GET", "/items"), ("GET", "/docs"), ("GET", "/none")),
        *(("DELETE", "/item/{}"), ("POST", "/items"), ("POST", "/login")),
        *(("OPTIONS", "/items"), ("HEAD", "/items")),
        ("GET", "/swagger-ui/swagger-ui.css"),
    ],
)
def test_every_response_has_an_id_of_its_own(api, new_name, method, path):
    """Every response has an X-Request-ID, a new one for each request."""
    path = path.format(new_name())

    ids = [api.request(method, path).headers["X-Request-ID"] for _ in range(2)]

    assert all(re.fullmatch(UUID, request_id) for request_id in ids)
    assert ids[0] != ids[1]


@since("14")
@pytest.mark.parametrize(
    "given",
    [
        HEROKU_ID,
        "6d16d1b4-0b1c-4f5f-8f6e-1f2e3d4c5b6a",
        "+/=-" * 5,
        "x" * 20,
        "x" * 200,
    ],
    ids=len,
)
def test_id_that_the_router_gives_is_kept(api, given):
    """An X-Request-ID of 20 to 200 letters, digits, +, /, = and - is passed on."""
    reply = api.get("/health", headers={"X-Request-ID": given})

    assert reply.headers["X-Request-ID"] == given


@since("14")
@pytest.mark.parametrize(
    "given",
    [
        *("", "x", "x" * 19, "x" * 201, "x" * 4000, f"{HEROKU_ID} x"),
        *(f"{HEROKU_ID}%0A", f"{HEROKU_ID}\\n{{}}", f'{HEROKU_ID}"', f"<b>{HEROKU_ID}"),
        *(f"{HEROKU_ID}\x85", f"{HEROKU_ID}\xe9", f"{HEROKU_ID}_{HEROKU_ID}"),
    ],
    ids=lambda given: ascii(given[-12:]),
)
def test_id_that_could_be_anything_is_replaced(api, given):
    """An X-Request-ID of any other form is replaced by a new one."""
    headers = {"X-Request-ID": given.encode("latin-1")}

    reply = api.get("/health", headers=headers)

    assert re.fullmatch(UUID, reply.headers["X-Request-ID"])

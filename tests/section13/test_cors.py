"""CORS: exactly the origins in the settings, with cookies, and no others."""

import pytest

pytestmark = pytest.mark.xdist_group("section13")  # they share a server

OURS = "https://www.example.com"
HEADERS = "authorization,content-type,x-csrf-token"


@pytest.fixture(autouse=True)
def our_settings(request):
    """Skip the tests for a server elsewhere, which allows other origins."""
    if request.config.option.url:
        pytest.skip("this server has other settings")


def preflight(api, origin, path="/api/auth/refresh", method="POST", headers=HEADERS):
    """Send what a browser sends before a request that no form could send."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return api.options(path, headers=asked)


def allowed(reply):
    """Return the CORS headers of a response, without their common beginning."""
    start = "Access-Control-"
    headers = reply.headers.items()
    return {k.removeprefix(start): v for k, v in headers if k.startswith(start)}


def test_our_origin_may_send_cookies_and_read_responses(api):
    reply = api.get("/api/lists", headers={"Origin": OURS})

    assert allowed(reply) == {
        "Allow-Origin": OURS,
        "Allow-Credentials": "true",
        "Expose-Headers": "Location, X-Pagination",
    }
    assert "Origin" in reply.headers["Vary"]


def test_preflight_of_our_origin_is_answered_and_remembered(api):
    headers = allowed(preflight(api, OURS))

    assert headers["Allow-Origin"] == OURS
    assert headers["Allow-Credentials"] == "true"
    assert headers["Allow-Headers"] == "authorization, content-type, x-csrf-token"
    assert headers["Allow-Methods"] == "DELETE, GET, POST, PUT"
    assert headers["Max-Age"] == "600"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://www.example.com",
        "https://www.example.com:8443",
        "https://www.example.com.evil.example",
        "https://wwwxexample.com",
        "https://evil.example?https://www.example.com",
        "https://example.com",
        "null",
    ],
)
def test_other_origins_get_no_permission(api, origin):
    simple = api.get("/api/lists", headers={"Origin": origin})
    asked = preflight(api, origin)

    assert allowed(simple) == allowed(asked) == {}
    # A cache must not give this response to a page of ours.
    assert "Origin" in simple.headers["Vary"]


def test_response_without_origin_is_not_for_all_caches(api):
    reply = api.get("/api/lists")

    assert allowed(reply) == {}
    assert "Origin" in reply.headers["Vary"]


def test_header_that_is_not_allowed_is_left_out(api):
    headers = allowed(preflight(api, OURS, headers="x-other,content-type"))

    assert headers["Allow-Headers"] == "content-type"


@pytest.mark.parametrize(
    "method, path, status",
    [("GET", "/api/progress", 401), ("GET", "/api/lists/999999", 404)],
)
def test_pages_of_our_origin_can_read_errors(api, method, path, status):
    reply = api.request(method, path, headers={"Origin": OURS})

    assert reply.status_code == status
    assert allowed(reply)["Allow-Origin"] == OURS


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        ["*"],
        ["www.example.com"],
        ["https://www.example.com/"],
        ["https://*.example.com"],
        [r"https://.+\.example\.com"],
        ["null"],
    ],
)
def test_origin_that_is_not_exact_prevents_the_start(load, origins):
    with pytest.raises(RuntimeError, match="FRONTEND_ORIGINS must be a list of exact"):
        load("app").create_app({"FRONTEND_ORIGINS": origins})

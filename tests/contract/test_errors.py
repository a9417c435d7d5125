"""Whatever a client sends, the response is JSON that says what is wrong."""

import itertools

import pytest

from classroom.contract import refused_by_proxy, since

pytestmark = since("03")

JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024

BAD_BODIES = {
    "empty": b"",
    "space": b" ",
    "a word": b"name",
    "unclosed": b'{"name": "x"',
    "closed twice": b'{"name": "x"}}',
    "single quotes": b"{'name': 'x'}",
    "no quotes": b"{name: 1}",
    "comment": b'{"name": "x"} // comment',
    "trailing comma": b'{"name": "x",}',
    "two bodies": b"{}{}",
    "form": b"name=x",
    "xml": b"<name>x</name>",
    "nul": b"\x00",
    "nul in text": b'{"name": "a\x00b"}',
    "line break in text": b'{"name": "a\nb"}',
    "bad escape": b'{"name": "\\x41"}',
    "half an escape": b'{"name": "\\u12"}',
    "broken UTF-8": b'{"name": "\xff\xfe"}',
    "cut UTF-8": b'{"name": "\xe2\x82"}',
    "latin-1": '{"name": "é"}'.encode("latin-1"),
    "lone byte order mark": b"\xff\xfe",
    "minus": b"-",
    "number too long": b'{"name": ' + b"9" * 5000 + b"}",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"name":' * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}

WRONG_SHAPES = {
    "null": b"null",
    "NaN": b"NaN",
    "a list": b"[]",
    "a list of objects": b"[{}]",
    "text": b'"name"',
    "a number": b"1e999",
    "no fields": b"{}",
    "unknown field": b'{"nonsense": 1}',
    "unknown half character": b'{"\\ud800": 1}',
    "unknown with nul": b'{"\\u0000": 1}',
    "empty field name": b'{"": ""}',
    "field named _schema": b'{"username": "a", "password": "b", "_schema": 1}',
    "number beyond all measure": b'{"price": 1e%s}' % (b"9" * 30),
    "field named __proto__": b'{"__proto__": {}}',
    "seventy thousand fields": b"{%s}"
    % b",".join(b'"%d":1' % number for number in range(70_000)),
    "nearly 1 MiB": b'{"nonsense": "' + b"x" * (MIB - 100) + b'"}',
}

BAD_TYPES = ["text/plain", "text/html", "application/xml", "json", ";", "a/b/c", "é"]


def assert_refused(reply, *statuses):
    """Check that a response has one of these statuses, and is JSON with a message."""
    assert reply.status_code in statuses
    assert reply.headers["Content-Type"] == "application/json"
    assert isinstance(reply.json()["message"], str)
    assert reply.json()["message"]


@pytest.fixture
def takes_json(section):
    """A path to which any client may POST a JSON body."""
    return "/store" if section == "03" else "/login"


def test_unknown_url_is_not_found(api):
    """An unknown URL returns 404 in JSON, whatever the method."""
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "NONSENSE"):
        reply = api.request(method, "/no/such/url")

        assert_refused(reply, 404)


def test_accept_html_still_gets_json(api):
    """An error is JSON also for a client that asks for HTML, as browsers do."""
    reply = api.get("/no/such/url", headers={"Accept": "text/html"})

    assert_refused(reply, 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"])
def test_unsupported_method_lists_the_supported_ones(api, takes_json, method):
    """A method that a URL does not support returns 405; Allow lists the others."""
    reply = api.request(method, takes_json)

    assert_refused(reply, 405)
    assert "POST" in reply.headers["Allow"]


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_body_that_is_not_json_is_refused(api, takes_json, body):
    """A body that claims to be JSON, and is not, returns 400."""
    reply = api.post(takes_json, data=body, headers=JSON)

    assert_refused(reply, 400)


@pytest.mark.parametrize("body", WRONG_SHAPES.values(), ids=WRONG_SHAPES)
def test_json_of_the_wrong_shape_is_refused(api, takes_json, body):
    """JSON with bad, missing or unknown fields returns 422 (in section 03: 400)."""
    reply = api.post(takes_json, data=body, headers=JSON)

    assert_refused(reply, 400, 422)


@pytest.mark.parametrize("content_type", [None, *BAD_TYPES], ids=ascii)
def test_body_that_does_not_say_it_is_json_is_refused(api, takes_json, content_type):
    """A body without the content type of JSON returns 415."""
    headers = {"Content-Type": content_type and content_type.encode()}

    reply = api.post(takes_json, data=b'{"name": "x"}', headers=headers)

    assert_refused(reply, 415)


def test_form_is_refused(api, takes_json):
    """A form, as HTML pages send it, returns 415."""
    assert_refused(api.post(takes_json, data={"name": "x"}), 415)
    assert_refused(api.post(takes_json, files={"name": b"x"}), 415)


def test_body_over_one_mib_is_refused(api, takes_json):
    """A body over 1 MiB returns 413."""
    reply = api.post(takes_json, data=b'{"name": "%s"}' % (b"x" * MIB), headers=JSON)

    assert_refused(reply, 413)


@pytest.mark.parametrize("chunk", [b"x", b" "], ids=["characters", "spaces"])
def test_chunks_over_one_mib_are_refused(api, takes_json, chunk):
    """A body over 1 MiB that is sent in chunks returns 413, 400 or 422."""
    start = b'{"nonsense": "' if chunk == b"x" else b"{}"
    chunks = itertools.chain([start], itertools.repeat(chunk * 65536, 20))

    reply = api.post(takes_json, data=chunks, headers=JSON)

    assert_refused(reply, 400, 413, 422)


@pytest.mark.parametrize(
    "header",
    [
        *("Accept: \xff", "Accept-Charset: nonsense", "Cookie: =;=", "Host: ?"),
        *("Authorization: Bearer", "Authorization: Basic \xff", "Range: bytes=9-1"),
        *('If-None-Match: "', "Content-Encoding: gzip", "X-Forwarded-For: '"),
        "X-HTTP-Method-Override: DELETE",
    ],
    ids=ascii,
)
def test_odd_headers_do_no_harm(api, header):
    """An odd header changes nothing: an unknown URL still returns 404."""
    name, value = header.split(": ")

    reply = api.get("/no/such/url", headers={name: value.encode("latin-1")})

    assert_refused(reply, 400, 404)


@pytest.mark.parametrize("header", ["Cookie: =;=;\x01", "Expect: nonsense"], ids=ascii)
def test_headers_against_the_rules_do_no_harm(api, header):
    """A header that HTTP forbids is rejected, by the app or by the server before it."""
    name, value = header.split(": ")

    reply = api.get("/no/such/url", headers={name: value})

    # gunicorn responds itself, in HTML, before the request reaches the app.
    assert reply.status_code in (400, 404, 417)


@pytest.mark.parametrize("path", ["/store//x", "/item//x", "/store/x//item"])
def test_doubled_slashes_are_not_found(api, path):
    """A doubled slash in a URL returns 404, not a redirect in HTML."""
    reply = api.get(path, allow_redirects=False)

    assert_refused(reply, 404)


@pytest.mark.parametrize(
    "path",
    [
        *("%00", "%0d%0aSet-Cookie:%20a=b", "%FF%FE", "..%2F..%2Fetc%2Fpasswd"),
        *("x" * 5000, "%", "%zz", "a%2Fb", "\\", "{{7*7}}", "'%20OR%201=1--", "é"),
    ],
    ids=lambda path: ascii(path[:20]),
)
def test_odd_paths_are_not_found(api, path):
    """A path that does not exist returns 404, however odd."""
    reply = api.get(f"/no-such/{path}")

    assert_refused(reply, 400 if refused_by_proxy(reply) else 404)

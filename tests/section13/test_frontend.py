"""One origin: this app serves the built front end, and its router's URLs."""

import re

import pytest

from classroom.sections import find_section


@pytest.fixture
def client(make_app, tmp_path):
    """A client of the app with a front end that is built."""
    folder = tmp_path / "browser"
    folder.mkdir()
    (folder / "index.html").write_text("<app-root></app-root>")
    (folder / "main-5QF3ZWOL.js").write_text("let x")
    (folder / "favicon.ico").write_bytes(b"icon")
    (tmp_path / "secret.txt").write_text("a secret")
    return make_app(FRONTEND_FOLDER=str(folder)).test_client()


@pytest.mark.parametrize("path", ["/", "/login?confirmed=yes", "/train/3", "/reset"])
def test_pages_of_the_router_get_index_html(client, path):
    reply = client.get(path, buffered=True)

    assert reply.status_code == 200
    assert "<app-root>" in reply.text
    assert reply.cache_control.no_cache  # a new version must arrive


def test_files_have_the_headers_of_nginx(client):
    """There, the URL of the API is added if it is on another origin."""
    conf = find_section("13").folder / "nginx" / "pages.conf"
    text = conf.read_text("utf-8").replace(" $vocabulary_api", "")
    found = re.findall(r'add_header (\S+) (".+"|[a-z-]+);', text)
    expected = {name: value.strip('"') for name, value in found}

    headers = client.get("/login", buffered=True).headers

    assert "Content-Security-Policy" in expected and len(expected) == 3
    assert {name: headers.get(name) for name in expected} == expected


def test_files_with_a_hash_in_their_name_are_cached_for_a_year(client):
    hashed, other = (
        client.get("/main-5QF3ZWOL.js", buffered=True),
        client.get("/favicon.ico", buffered=True),
    )

    assert hashed.status_code == other.status_code == 200
    assert hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "javascript" in hashed.content_type
    assert other.cache_control.no_cache


@pytest.mark.parametrize(
    "path",
    [
        "/main-OLD12345.js",  # index.html is not a script
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/api/no/such/url",
        "/api",
        "/api/",
    ],
)
def test_other_urls_are_not_found(client, path):
    reply = client.get(path, buffered=True)

    assert reply.status_code == 404
    assert reply.json["message"]
    assert "a secret" not in reply.text


def test_url_of_a_page_takes_no_other_methods(client):
    assert client.post("/login", json={}).status_code == 404
    assert client.head("/login", buffered=True).status_code == 200


def test_front_end_that_is_not_built_says_how_to(make_app):
    reply = make_app(FRONTEND_FOLDER="no/such/folder").test_client().get("/train/3")

    assert reply.status_code == 404
    assert "npm run build" in reply.text


def test_api_describes_itself(make_app):
    client = make_app().test_client()

    page, document = (
        client.get("/api/docs", buffered=True),
        client.get("/api/openapi.json", buffered=True).json,
    )

    assert page.status_code == 200
    assert (
        client.get("/api/swagger-ui/swagger-ui.css", buffered=True).status_code == 200
    )
    refresh = document["paths"]["/api/auth/refresh"]["post"]
    assert refresh["security"] == [{"cookie": [], "csrf": []}]
    assert refresh["tags"] == ["Logins"]
    assert {"200", "401", "403", "503"} == set(refresh["responses"])

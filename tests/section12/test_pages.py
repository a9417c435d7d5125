"""What all pages have in common, the home page, and error pages."""

import re

import pytest

PAGES = ["/", "/courses/", "/login", "/register"]
BIG = 2 * 1024 * 1024  # bytes


def test_three_urls_lead_to_the_home_page(site):
    pages = [site.get(path) for path in ("/", "/index", "/home")]

    titles = [re.search("<title>(.+)</title>", page.text)[1] for page in pages]
    assert len(set(titles)) == 1


@pytest.mark.parametrize("path", PAGES)
def test_page_loads_nothing_from_other_sites(site, path):
    page = site.get(path)

    assert page.status_code == 200
    assert re.findall(r'(?:href|src)="(?:https?:)?//', page.text) == []


@pytest.mark.parametrize("path", PAGES)
def test_page_has_landmarks_and_a_skip_link(site, path):
    text = site.get(path).text

    assert '<html lang="en"' in text
    assert 'href="#content"' in text
    for tag in "<main id=", "<header", "<nav", "<footer", "<h1":
        assert text.count(tag) >= 1, tag


def test_stylesheets_are_served(site):
    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', site.get("/").text)

    assert len(styles) == 2
    for style in styles:
        assert site.get(style).headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("path", [*PAGES, "/no/such/page", "/api/"])
def test_response_tells_browsers_to_be_careful(site, path):
    headers = site.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_page_has_no_inline_scripts_or_styles(student):
    for path in *PAGES, "/enrollment", "/user", "/no/such/page":
        text = student.get(path).text
        assert re.findall(r"<script|<style|\sstyle=|\son\w+=", text) == [], path


def test_unknown_url_is_a_page_of_the_site(site):
    page = site.get("/no/such/page")

    assert page.status_code == 404
    assert 'aria-label="Main"' in page.text
    assert "<h1>Not Found</h1>" in page.text


def test_wrong_method_is_a_page_that_keeps_the_allow_header(site):
    page = site.get("/logout")

    assert page.status_code == 405
    assert "POST" in page.headers["Allow"]
    assert 'aria-label="Main"' in page.text


def test_body_that_is_too_large_is_413(site):
    page = site.post("/login", data={"email": "x" * BIG})

    assert page.status_code == 413
    assert "<h1>Request Entity Too Large</h1>" in page.text


def test_missing_field_is_400_not_a_crash(site):
    form = site.form("/", "/theme")
    del form.fields["next"]  # read with get(); theme is read with []

    page = site.post("/theme", data=form.fields)

    assert page.status_code == 400
    assert "<h1>Bad Request</h1>" in page.text


def test_theme_is_kept_in_a_cookie(site):
    page = site.submit("/courses/", "/theme", theme="dark")

    assert page.url.endswith("/courses/")
    assert 'data-bs-theme="dark"' in page.text
    assert 'data-bs-theme="dark"' in site.get("/login").text
    cookie = page.history[0].headers["Set-Cookie"]
    assert "theme=dark" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_theme_that_does_not_exist_is_ignored(site):
    page = site.submit("/", "/theme", theme='"><script>')

    assert 'data-bs-theme="light"' in page.text


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com", "/\\example.com", "\t//a.com"]
)
def test_theme_leads_to_no_other_site(site, target):
    form = site.form("/", "/theme")
    fields = form.fields | {"theme": "dark", "next": target}

    reply = site.post("/theme", data=fields, allow_redirects=False)

    assert reply.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_health_checks_are_json(site, path):
    reply = site.get(path)

    assert reply.status_code == 200
    assert list(reply.json()) == ["message"]

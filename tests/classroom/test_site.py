"""Forms are read from a page, and sent as a browser sends them."""

import pytest
import requests

from classroom.errors import UserError
from classroom.server.site import Site, read_forms

PAGE = """
<form action="/logout" method="post"><input type="hidden" name="csrf" value="1"></form>
<form method="POST">
  <input type="hidden" name="csrf" value="2">
  <input name="email" value="ana@example.com"><input type="password" name="password">
  <input type="checkbox" name="remember"><input type="checkbox" name="news" checked>
  <select name="term"><option value="fall">Fall</option>
    <option value="spring" selected>Spring</option></select>
  <select name="year"><option value="1">First</option><option value="2">Second</option>
  </select>
  <input type="submit" name="send" value="Send">
</form>
"""


@pytest.fixture
def site(monkeypatch):
    """A site with one page, which records the last request that is not a GET."""
    site = Site("http://127.0.0.1:5000")

    def request(method, url, **options):
        response = requests.Response()
        response.url = site.create_url(url)
        response.status_code = 200
        response._content = PAGE.encode()
        site.last = method, response.url, options
        return response

    monkeypatch.setattr(site, "request", request)
    return site


def test_form_has_the_values_of_its_page(site):
    form = site.form("/login?next=%2F")

    assert form.method == "post"
    assert form.fields == {
        "csrf": "2",
        "email": "ana@example.com",
        "password": "",
        "news": "on",
        "term": "spring",
        "year": "1",
    }


def test_submit_sends_the_token_of_the_page(site):
    site.submit("/login", email="bob@example.com", action="/logout")

    data = {"csrf": "1", "email": "bob@example.com"}
    assert site.last == ("POST", "http://127.0.0.1:5000/logout", {"data": data})


def test_page_without_the_form_is_a_user_error(site):
    with pytest.raises(UserError, match="The page /login has no form for .*/enroll"):
        site.form("/login", action="/enroll")


def test_secure_cookies_are_sent_to_this_machine():
    """As a site in production has them, which is rehearsed without HTTPS."""
    site = Site("http://127.0.0.1:5000")
    site.cookies.set("session", "1", domain="127.0.0.1", secure=True)

    prepared = site.prepare_request(requests.Request("GET", "http://127.0.0.1:5000/"))

    assert prepared.headers["Cookie"] == "session=1"


def test_form_without_a_method_is_sent_by_get(site):
    response = requests.Response()
    response.url, response._content = "http://127.0.0.1/a", b"<form action=b></form>"

    [form] = read_forms(response)

    assert (form.method, form.action) == ("get", "http://127.0.0.1/b")

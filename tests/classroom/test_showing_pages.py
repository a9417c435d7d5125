"""What notebooks show of a site: pages, forms, cookies, documents, pictures."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from IPython.display import Image

from classroom import browse, serve
from classroom.display import page
from classroom.display.documents import Documents
from classroom.display.exchange import Exchange
from classroom.display.html import form_text, main_part, page_text
from classroom.display.masks import HIDDEN, STABLE_OUTPUTS
from classroom.display.page import show_page
from classroom.errors import UserError
from classroom.server import notebook_servers
from classroom.server.chromium import find_chromium
from classroom.server.notebook_servers import running_server

PAGE = """<html><nav>Home</nav>
<main class="container" id="content">
      <input type="checkbox" name="all">
  <p class="lead">Two
  lines</p>

</main></html>"""


@pytest.fixture(scope="module")
def site():
    """A session with section 12, in which ana is logged in."""
    serve("12")
    ana = browse("12")
    ana.submit("/login", email="ana@example.edu", password="open-sesame")
    yield ana
    notebook_servers.stop_all()


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """An empty folder for pictures, in place of that of the lessons."""
    monkeypatch.setattr(page, "PICTURES", tmp_path)
    return tmp_path


@pytest.fixture
def shown(monkeypatch):
    """What is displayed."""
    found = []
    monkeypatch.setattr(page, "display", found.append)
    return found


def test_main_part_of_a_page_has_no_classes_and_is_indented():
    assert main_part(PAGE).splitlines() == [
        '<main id="content">',
        '  <input type="checkbox" name="all">',
        "  <p>Two",
        "    lines</p>",
        "</main>",
    ]
    assert page_text(PAGE) == "Two lines"


def test_page_without_a_main_part_has_no_empty_lines():
    page = "<!doctype html>\n<title>A</title>\n  \n\n  <p class='a'>B</p>\n"

    assert main_part(page).splitlines()[1:] == [
        "<title>A</title>",
        "  <p class='a'>B</p>",
    ]


@pytest.mark.parametrize("text", ["", "<p class='a'>Not a page of the site</p>", "{}"])
def test_other_bodies_stay_as_they_are(text):
    assert main_part(text) == page_text(text) == text


def test_secrets_in_a_form_are_masked_and_others_are_as_they_are_sent():
    body = "name=A+b%21&password=x&password_confirm=x&csrf_token=x&empty="

    assert form_text(body, width=200) == (
        f"name=A+b%21&password={HIDDEN}&password_confirm={HIDDEN}"
        f"&csrf_token={HIDDEN}&empty="
    )
    assert form_text("a=1&b=2", width=3) == "a=1\n&b=2"
    assert form_text("") == ""


def test_form_that_is_sent_is_shown_without_secrets(site):
    reply = site.submit("/", "/theme", theme="dark", next="/login")

    exchange = Exchange(reply.history[0])

    assert f"\n\ncsrf_token={HIDDEN}&next=%2Flogin&theme=dark" in exchange.request
    assert f"\nCookie: session={HIDDEN}\n" in exchange.request
    assert "\nSet-Cookie: theme=dark; " in exchange.response
    assert "Redirecting" not in exchange.response
    assert site.cookies["session"] not in repr(exchange)


def test_csrf_token_of_a_page_is_masked():
    visitor = browse("12")

    shown = repr(Exchange(visitor.get("/login")))

    assert f'name="csrf_token" type="hidden" value="{HIDDEN}"' in shown
    assert f"Set-Cookie: session={HIDDEN}; HttpOnly; Path=/; SameSite=Lax" in shown


def test_dates_of_cookies_and_ids_are_the_same_in_each_run(site, monkeypatch):
    monkeypatch.setenv(STABLE_OUTPUTS, "1")
    theme = site.submit("/", "/theme", theme="light").history[0]
    users = browse("12").get("/api/", auth=("dean@example.edu", "open-sesame"))

    assert "Expires=(a date); Max-Age=31536000" in repr(Exchange(theme))
    assert f'"id": "{"x" * 24}"' in repr(Exchange(users))


def test_documents_are_a_table_with_a_column_for_each_field():
    table = Documents([{"_id": 1, "tags": [{"a": "é"}]}, {"_id": 2, "name": "<b>"}])

    assert repr(table) == '_id | tags | name\n1 | [{"a": "é"}] | \n2 |  | <b>'
    assert "&lt;b&gt;" in table._repr_html_()


def test_rows_of_sqlite_are_documents_as_well():
    with closing(sqlite3.connect(":memory:")) as database:
        database.row_factory = sqlite3.Row
        table = Documents(database.execute("SELECT 1 AS a, 'x' AS b"))

    assert repr(table) == "a | b\n1 | x"


def test_each_browser_has_cookies_of_its_own(site):
    assert "Log out" in site.get("/").text
    assert "Log out" not in browse("12").get("/").text
    with pytest.raises(UserError):
        browse("05")


def test_page_is_rendered_as_it_was_received(site, pictures, shown, needs):
    browser = find_chromium() or shutil.which("google-chrome")
    needs(browser, "no browser: install Chromium or Chrome to show a page")
    reply = site.get("/user")
    reply._content = b"<body style='background:#f00'>"  # what the server never sends
    before = running_server("12").output().count("GET /user")

    show_page(reply, "red")

    [image] = shown
    assert isinstance(image, Image)
    assert image.data.startswith(b"\x89PNG")
    assert running_server("12").output().count("GET /user") == before
    assert not list(pictures.iterdir())


def test_picture_is_shown_without_a_browser(site, pictures, shown, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/no/such/browser")
    reply = site.get("/")
    with pytest.raises(UserError, match="needs Chromium or Chrome"):
        show_page(reply, "home")

    (pictures / "home.png").write_bytes(b"\x89PNG kept")
    show_page(reply, "home")

    assert [image.data for image in shown] == [b"\x89PNG kept"]


def test_picture_is_the_same_wherever_outputs_are_saved(
    site, pictures, shown, monkeypatch
):
    monkeypatch.setenv(STABLE_OUTPUTS, "1")
    images = iter([b"\x89PNG first", b"\x89PNG second"])
    monkeypatch.setattr(page, "render", lambda *arguments: next(images))

    for _ in range(2):
        show_page(site.get("/"), "home")

    assert [image.data for image in shown] == [b"\x89PNG first"] * 2
    assert (pictures / "home.png").read_bytes() == b"\x89PNG first"

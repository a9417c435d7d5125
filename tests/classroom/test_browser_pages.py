"""Pages in the browser of a notebook: what they send, and what is kept of it."""

import json
import threading

import pytest
from flask import Flask
from werkzeug.serving import make_server

from classroom.browser import kept, page
from classroom.browser.page import BrowserPage, call, open_page
from classroom.browser.report import Report, Sent
from classroom.browser.traffic import Traffic
from classroom.display.masks import HIDDEN, STABLE_OUTPUTS
from classroom.errors import UserError
from classroom.server.client import Api

REPORT = Report(
    "http://localhost:41234",
    'fetch("http://127.0.0.1:45678/words")',
    [Sent("GET", "/words", 200, ["session"], {"other": "SameSiteLax"})],
    "200 {}",
    ["Access to 'http://127.0.0.1:45678' from 'http://localhost:41234' …"],
)


@pytest.fixture(scope="module")
def servers():
    """The sessions of an API without permissions, and of a page."""
    app = Flask(__name__)

    @app.route("/words", methods=["GET", "PUT"])
    def words():
        return {"leche": "milk"}, {"Set-Cookie": "session=x"}

    @app.get("/")
    def index():
        return "<p>A page</p>"

    running = [make_server("127.0.0.1", 0, app, threaded=True) for _ in range(2)]
    for server in running:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [Api(f"http://127.0.0.1:{server.port}") for server in running]
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """An empty file for reports, in place of that of the lessons."""
    monkeypatch.setattr(kept, "FILE", tmp_path / "browser.json")
    return kept.FILE


@pytest.fixture
def shown(monkeypatch):
    """What is displayed."""
    found = []
    monkeypatch.setattr(page, "display", found.append)
    return found


@pytest.fixture
def no_browser(monkeypatch):
    """A machine without Chromium and Chrome."""
    monkeypatch.setattr(page, "open_window", lambda: None)


def test_page_reports_what_the_browser_sends_and_says(servers, shown, needs):
    needs(page._thread.submit(page.open_window).result(), "no browser to open a page")
    api, site = servers

    opened = open_page("a page", site, host="localhost")
    opened.fetch("simple", api, "/words")
    opened.fetch("preflight", api, "/words", method="PUT", json={"english": "milk"})
    opened.fetch("own", site, "/words", host="localhost")

    first, simple, preflight, own = shown
    assert (first.sent, first.sees, first.console) == ([], "A page", [])
    assert [(s.method, s.status) for s in simple.sent] == [("GET", 200)]
    assert simple.sees == "TypeError: Failed to fetch"
    assert "No 'Access-Control-Allow-Origin' header" in simple.console[0]
    assert [str(s) for s in preflight.sent] == [
        "OPTIONS /words (preflight) → 200",
        "not sent: PUT /words",
    ]
    assert "Response to preflight request doesn't pass" in preflight.console[0]
    assert own.sees == '200 {"leche": "milk"}'


class SlowPage:
    """A page whose browser reports one event each time that something waits."""

    url = "http://localhost:1/"

    def __init__(self, events):
        self.events = list(events)
        self.handlers = {}
        self.context = self
        self.on = self.handlers.__setitem__

    def new_cdp_session(self, page):
        return self

    def send(self, *command):
        pass

    def wait_for_timeout(self, milliseconds):
        if self.events:
            name, event = self.events.pop(0)
            self.handlers[f"Network.{name}"]({"requestId": "1"} | event)


REQUEST = {"request": {"method": "GET", "url": "http://localhost:2/words"}}
BEFORE = ("requestWillBeSent", REQUEST)
SENT = ("requestWillBeSentExtraInfo", {"associatedCookies": []})
STATUS = ("responseReceivedExtraInfo", {"statusCode": 403, "blockedCookies": []})
NO_ALLOW_ORIGIN = {"corsErrorStatus": {"corsError": "MissingAllowOriginHeader"}}
PREFLIGHT_FAILED = {"corsErrorStatus": {"corsError": "PreflightInvalidStatus"}}


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([BEFORE, SENT, ("responseReceived", {"hasExtraInfo": True}), STATUS], 403),
        ([BEFORE, ("loadingFailed", NO_ALLOW_ORIGIN), STATUS, SENT], 403),
        ([BEFORE, ("loadingFailed", PREFLIGHT_FAILED)], None),
        ([BEFORE, ("loadingFailed", {})], None),
    ],
)
def test_status_is_known_whatever_the_order_of_events(events, status):
    page = SlowPage(events)
    traffic = Traffic(page)
    page.wait_for_timeout(0)
    page.events.append(("after the end", {}))

    traffic.wait()

    assert [sent.status for sent in traffic.read()] == [status]
    assert len(page.events) == 1


def test_report_is_a_table_and_a_text():
    text = repr(REPORT)

    assert text.startswith("the page on http://localhost:41234\n    fetch(")
    assert "  with the cookie session\n" in text
    assert "  with the cookies a, b" in str(Sent("GET", "/", 200, ["b", "a"]))
    assert "does not send the cookie other: SameSiteLax" in text
    assert "&#x27;http://localhost:41234&#x27;" in REPORT._repr_html_()


def test_ports_in_a_saved_report_are_the_same_in_each_run(monkeypatch):
    monkeypatch.setenv(STABLE_OUTPUTS, "1")

    assert "http://127.0.0.1:(another port)' from 'http://localhost:(a port)" in repr(
        REPORT
    )
    assert repr(Report.from_json(REPORT.to_json())) == repr(REPORT)


def test_kept_report_is_shown_without_a_browser(
    servers, shown, no_browser, file, capsys
):
    kept.keep("a page", REPORT)

    open_page("a page", servers[1])

    assert capsys.readouterr().out == f"{kept.NO_BROWSER}\n"
    assert shown == [Report.from_json(REPORT.to_json())]
    assert "localhost:4200" in file.read_text("utf-8")


def test_report_is_kept_once(file):
    kept.keep("a page", REPORT)
    before = file.read_text("utf-8")

    kept.keep("a page", Report("http://localhost:1", "", [], "", []))

    assert file.read_text("utf-8") == before
    assert list(json.loads(before)) == ["a page"]


def test_report_that_was_never_kept_needs_a_browser(servers, no_browser):
    with pytest.raises(UserError, match="Chromium or Chrome is needed for 'own'"):
        BrowserPage("http://localhost:1").fetch("own", servers[0], "/words")


def test_page_is_on_this_machine(servers):
    with pytest.raises(UserError, match="'127.0.0.1' or 'localhost'"):
        open_page("elsewhere", servers[1], host="example.com")


def test_call_shows_no_secrets():
    headers = {"Authorization": "Bearer abc", "X-CSRF-TOKEN": "abc", "X-Page": "words"}
    body = json.dumps({"password": "abc"})

    shown = call("http://localhost/a", {"headers": headers, "body": body})

    assert "abc" not in shown
    assert shown.count(HIDDEN) == 3
    assert '"X-Page": "words"' in shown


def test_header_with_the_value_of_a_cookie_is_shown_as_such():
    shown = call("http://localhost/a", {"headers": {"X-CSRF-TOKEN": "cookie:csrf"}})

    assert 'headers: {"X-CSRF-TOKEN": readCookie("csrf")}' in shown

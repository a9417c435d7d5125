"""The vocabulary trainer in a real browser, in the three ways to serve it."""

import json
import re
import shutil
import subprocess
import sys
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import jwt
import pytest
import requests
import trustme
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from classroom.errors import UserError
from classroom.https.certificates import write_certificate
from classroom.own_server.nginx import find_nginx
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.dev_server import DevServer
from classroom.server.frontend import build_frontend, find_npm
from classroom.server.launch import make_environment
from classroom.server.mailbox import Mailbox
from classroom.server.ports import find_free_port
from classroom.server.process import ManagedProcess
from classroom.server.section_server import DEFAULTS

FOLDER = find_section("13").folder
TLS_CONF = find_section("09").folder / "nginx" / "tls.conf"
DOMAIN = "vocabulary.test"
KEY = "only for the tests of this section, in a browser"
PASSWORD = "correct horse"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
FIND_VIOLATIONS = """async options => {
    const results = await axe.run({ resultTypes: ["violations"], ...options });
    return results.violations;
}"""
COLOR_RULES = ["color-contrast", "link-in-text-block"]  # what dark colors can violate
WORDS = {}  # solutions by the prompt
for lesson in sorted((FOLDER / "lessons").glob("*.json")):
    WORDS |= json.loads(lesson.read_text("utf-8"))["words"]

WAYS = ["development", "one_origin", "nginx_one_origin", "nginx_two_origins"]


class Site(NamedTuple):
    """Where the pages and the API are."""

    url: str
    api_url: str


@pytest.fixture(scope="module")
def build(needs):
    """The folder with the built front end; without Node.js, skip what needs it."""
    try:
        find_npm()
    except UserError as error:
        needs(None, str(error))
    return build_frontend(FOLDER / "frontend")


@pytest.fixture(scope="module")
def mailbox():
    """The mailbox that gets the mail of all servers."""
    with Mailbox(FOLDER) as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def development(build, mailbox):
    """Way 1: the front end's own server, and the API on another origin."""
    port, api_port = find_free_port(), find_free_port()
    url, api_url = f"http://localhost:{port}", f"http://localhost:{api_port}"
    with (
        serve_with_flask(
            api_port, mailbox, FRONTEND_URL=url, API_URL=api_url, FRONTEND_ORIGINS=[url]
        ),
        DevServer(FOLDER / "frontend", port, api_url),
    ):
        yield Site(url, api_url)


@pytest.fixture(scope="module")
def one_origin(build, mailbox):
    """Way 2: Flask serves the built front end, too."""
    port = find_free_port()
    url, settings = f"http://localhost:{port}", {"FRONTEND_FOLDER": str(build)}
    settings |= {"FRONTEND_URL": url, "API_URL": "", "FRONTEND_ORIGINS": []}
    with serve_with_flask(port, mailbox, **settings):
        yield Site(url, url)


def serve_with_flask(port, mailbox, **settings):
    """Return a server that will listen on a port, for a with block."""
    usual = {"MAIL_PORT": mailbox.port, "JWT_SECRET_KEY": KEY}
    server = Server(FOLDER, settings=usual | settings)
    server.port = port
    return server


@contextmanager
def serve_with_nginx(folder, mailbox, build, site):
    """Run nginx/serve.sh with TLS; yield the URL of the pages."""
    port, certificates = find_free_port(), folder / DOMAIN
    certificates.mkdir()
    write_certificate(trustme.CA(), certificates, f"*.{DOMAIN}")
    tls = TLS_CONF.read_text("utf-8").replace("@CERTIFICATES@", str(folder))
    (folder / "tls.conf").write_text(tls.replace("@DOMAIN@", DOMAIN), "utf-8")
    url = f"https://www.{DOMAIN}:{port}"
    api = url.replace("www", "api") if site == "two-origins" else ""
    variables = {
        "SITE": site,
        "DOMAIN": DOMAIN,
        "LISTEN": f"127.0.0.1:{port} ssl",
        "URL": url,
        "API_URL": api,
        "TLS_CONF": str(folder / "tls.conf"),
        "WWW": str(build),
        "BIN": str(Path(sys.executable).parent),
        "NGINX": find_nginx(),
    }
    settings = DEFAULTS | {
        "PRODUCTION": True,
        "JWT_SECRET_KEY": KEY,
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/data.sqlite3",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": mailbox.port,
        "DEMO_EMAIL": "ana@example.com",
    }
    environment = make_environment(settings) | variables
    output = folder / "serve.log"
    script = str(FOLDER / "nginx" / "serve.sh")
    with ManagedProcess([script], FOLDER, environment, output) as process:
        ready = process.wait_until(lambda: "Booting" in output.read_text("utf-8"), 60)
        assert ready, output.read_text("utf-8")
        yield Site(url, api or url)


@pytest.fixture(scope="module")
def nginx_one_origin(nginx, build, mailbox, tmp_path_factory):
    """Way 3: nginx serves the files, and passes /api to gunicorn."""
    folder = tmp_path_factory.mktemp("one-origin")
    with serve_with_nginx(folder, mailbox, build, "one-origin") as site:
        yield site


@pytest.fixture(scope="module")
def nginx_two_origins(nginx, build, mailbox, tmp_path_factory):
    """Way 3, with the API on an origin of its own, which begins with api."""
    folder = tmp_path_factory.mktemp("two-origins")
    with serve_with_nginx(folder, mailbox, build, "two-origins") as site:
        yield site


@pytest.fixture
def context(browser):
    """A browser window without cookies; a problem in a page of it fails the test."""
    with browser.new_context(viewport=DESKTOP, ignore_https_errors=True) as context:
        context.set_default_timeout(30_000)
        problems = []
        context.on("weberror", lambda problem: problems.append(str(problem.error)))
        context.on("console", lambda message: problems.append(message))
        yield context
    errors = [m if isinstance(m, str) else m.text for m in problems if is_error(m)]
    # A browser also reports each response 4xx, which some tests expect.
    assert [e for e in errors if not e.startswith("Failed to load resource")] == []


def is_error(message):
    """Return whether something in the console is a problem."""
    return isinstance(message, str) or message.type in ("error", "warning")


@pytest.fixture
def page(context):
    """A page in that window."""
    return context.new_page()


def register(page, site, mailbox, email):
    """Register, and open the link in the mail."""
    page.goto(f"{site.url}/register")
    page.get_by_label("Name").fill("María")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("status")).to_contain_text(email)
    page.goto(link_in(mailbox.wait_for(email)))


def link_in(message):
    """Return the first link in a mail."""
    return re.search(r"https?://\S+", message["text"])[0]


def log_in(page, site, email="ana@example.com", password="open-sesame"):
    """Log in by the form."""
    page.goto(f"{site.url}/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def train(page):
    """Begin to train the first list."""
    page.get_by_role("link", name="Vocabulary").click()
    page.get_by_role("link", name="Train").first.click()
    expect(page.get_by_label("In English")).to_be_focused()


def answer(page, word):
    """Answer, by the Enter key."""
    page.get_by_label("In English").fill(word)
    page.keyboard.press("Enter")


def solution(page):
    """Return the solution of the word that is asked."""
    expect(page.get_by_label("In English")).to_be_visible()
    return WORDS[page.locator(".prompt").inner_text()].partition(" / ")[0]


def expect_logged_in(page, name="María"):
    """Wait until the navigation shows who is logged in."""
    expect(
        page.get_by_role("navigation").get_by_role("link", name=name)
    ).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_user_registers_trains_and_resets_the_password(page, mailbox, way, request):
    site, email = request.getfixturevalue(way), f"{way}@example.com"
    main, status = page.get_by_role("main"), page.get_by_role("status")

    register(page, site, mailbox, email)
    expect(main).to_contain_text("Your address is confirmed.")
    assert page.url == f"{site.url}/login?confirmed=yes"
    log_in(page, site, email, "another horse")
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    log_in(page, site, email, PASSWORD)
    expect_logged_in(page)
    expect_narrow_cookies(page, site)

    train(page)
    right = solution(page)
    answer(page, "nonsense")
    expect(status).to_contain_text("Wrong")
    expect(status).to_contain_text(right)
    page.get_by_role("button", name="Next").click()
    answer(page, solution(page))
    expect(status).to_contain_text("Right.")
    expect(status).to_contain_text("Now in box 2, due in 2 days.")

    page.reload()
    expect_logged_in(page)
    page.get_by_role("link", name="María").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(f"{site.url}/account")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert page.context.cookies() == []

    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send me a link").click()
    page.goto(link_in(mailbox.wait_for(email, 2)))
    page.get_by_label("New password").fill("battery staple")
    page.get_by_role("button", name="Save").click()
    expect(status).to_contain_text("Your password is changed.")
    log_in(page, site, email, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    log_in(page, site, email, "battery staple")
    expect_logged_in(page)


def expect_narrow_cookies(page, site):
    """Check that cookies are as narrow as the way of serving allows."""
    cookies = {cookie.pop("name"): cookie for cookie in page.context.cookies()}
    assert set(cookies) == {"refresh_token_cookie", "csrf_refresh_token"}
    for name, cookie in cookies.items():
        is_secret = name == "refresh_token_cookie"
        assert cookie["sameSite"] == "Strict"
        assert cookie["secure"] == site.url.startswith("https:")
        assert cookie["httpOnly"] == is_secret
        assert cookie["path"] == ("/api/auth" if is_secret else "/")
    stored = "Object.keys(localStorage).concat(Object.keys(sessionStorage))"
    assert page.evaluate(stored) == []


INJECT = """() => {
    const script = document.createElement("script");
    script.append("window.isRunning = true");
    document.body.append(script);
    return window.isRunning ?? false;
}"""


@pytest.mark.parametrize("way", WAYS[1:])
def test_injected_script_does_not_run(browser, way, request):
    site = request.getfixturevalue(way)
    # Not the fixture page: here, errors in the console are expected.
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(site.url)
        expect(page.get_by_role("link", name="Train").first).to_be_visible()

        assert page.evaluate(INJECT) is False


@pytest.fixture(scope="module")
def other_origin():
    """An origin that the API does not know, on the same site: cookies are sent."""
    empty = Response("<!doctype html><title>Empty</title>", mimetype="text/html")
    server = make_server("127.0.0.1", 0, empty)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


SEND = """async ([url, options]) => {
    try {
        return (await fetch(url, { credentials: "include", ...options })).status;
    } catch (error) {
        return error.message;
    }
}"""
TEXT, JSON = {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}
POST = {"method": "POST"}


REQUESTS = [  # and the status that the front end gets
    ("/api/lists", {}, 200),
    ("/api/auth/refresh", POST, 403),
    ("/api/auth/refresh", POST | {"headers": {"X-CSRF-TOKEN": "x"}}, 403),
    ("/api/auth/login", POST | {"headers": JSON, "body": "{}"}, 422),
    ("/api/auth/login", POST | {"headers": TEXT, "body": "{}"}, 415),
    ("/api/users/1", {"method": "DELETE"}, 401),
]


def test_credentialed_requests_of_another_origin_are_refused(
    browser, development, other_origin
):
    # Not the fixture page: here, errors in the console are expected.
    with browser.new_context() as context:
        page = context.new_page()
        log_in(page, development)
        expect_logged_in(page, "Ana")
        for path, options, status in REQUESTS:
            request = [development.api_url + path, options]
            assert page.evaluate(SEND, request) == status

        page.goto(other_origin)
        assert "csrf_refresh_token" in page.evaluate("document.cookie")
        for path, options, _ in REQUESTS:
            request = [development.api_url + path, options]
            assert page.evaluate(SEND, request) == "Failed to fetch"


SESSION = "ng.getComponent(document.querySelector('app-root')).session"
FIVE = """() => {
    const api = ng.getComponent(document.querySelector("ng-component")).api;
    return Promise.all([1, 2, 3, 4, 5].map(() => api.get("/progress")));
}"""


def expire_token(page):
    """Replace the access token in the page's memory by one that has expired."""
    token = page.evaluate(f"{SESSION}.accessToken")
    claims = jwt.decode(token, KEY, algorithms=["HS256"]) | {"exp": 1}
    expired = jwt.encode(claims, KEY, algorithm="HS256")
    page.evaluate(f"token => {{ {SESSION}.accessToken = token }}", expired)


def test_expired_token_is_renewed_once_and_unseen(page, development):
    log_in(page, development)
    expect_logged_in(page, "Ana")
    expect(page.get_by_text("Your progress")).to_be_visible()
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    refresh = ("POST", f"{development.api_url}/api/auth/refresh")

    expire_token(page)
    train(page)
    answer(page, solution(page))
    expect(page.get_by_role("status")).to_contain_text("Right.")
    assert sent.count(refresh) == 1

    page.get_by_role("link", name="Vocabulary").click()
    expect(page.get_by_text("Your progress")).to_be_visible()
    expire_token(page)
    assert len(page.evaluate(FIVE)) == 5
    assert sent.count(refresh) == 2
    expect_logged_in(page, "Ana")


def test_two_tabs_count_an_answer_once_and_log_out_together(
    context, mailbox, one_origin
):
    first, second = context.new_page(), context.new_page()
    register(first, one_origin, mailbox, "tabs@example.com")
    log_in(first, one_origin, "tabs@example.com", PASSWORD)
    expect_logged_in(first)
    second.goto(one_origin.url)
    train(first)
    train(second)
    assert (
        first.locator(".prompt").inner_text() == second.locator(".prompt").inner_text()
    )

    answer(first, solution(first))
    expect(first.get_by_role("status")).to_contain_text("Now in box 2")
    answer(second, solution(second))
    expect(second.get_by_role("status")).to_contain_text("Right.")
    expect(second.get_by_role("status")).not_to_contain_text("Now in box")

    for tab in (first, second):
        tab.evaluate("setTimeout(() => location.reload())")  # both at the same time
    for tab in (first, second):
        expect(tab.get_by_label("In English")).to_be_visible()
        expect_logged_in(tab)
    first.get_by_role("link", name="María").click()
    first.get_by_role("button", name="Log out").click()
    expect(first.get_by_role("heading", name="Log in")).to_be_visible()
    second.get_by_role("link", name="Vocabulary").click()
    expect(second.get_by_role("main")).to_contain_text("Your login has ended.")


def expect_accessible(page):
    """Check a page on a phone and on a desktop, with light and with dark colors."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()  # it is complete
    page.evaluate(AXE_SCRIPT)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        too_wide = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(too_wide), page.url
        for scheme, options in (("light", {}), ("dark", {"runOnly": COLOR_RULES})):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(FIND_VIOLATIONS, options) == [], (page.url, scheme)


def test_pages_are_accessible(page, one_origin):
    for path in ("login", "register", "reset", "reset?token=x", "unsubscribe?token=x"):
        page.goto(f"{one_origin.url}/{path}")
        expect_accessible(page)
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect_accessible(page)

    log_in(page, one_origin)
    expect(page.get_by_text("Your progress")).to_be_visible()
    expect_accessible(page)
    page.goto(f"{one_origin.url}/account")
    expect_accessible(page)
    page.goto(f"{one_origin.url}/lists/1")
    expect(page.get_by_role("table")).to_be_visible()
    expect_accessible(page)
    train(page)
    expect_accessible(page)
    answer(page, "nonsense")
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    expect_accessible(page)
    page.get_by_role("button", name="The other way round").click()
    expect(page.get_by_role("button", name="ñ")).to_be_visible()
    expect_accessible(page)


def test_keyboard_is_enough_to_log_in_and_train(page, one_origin):
    page.goto(f"{one_origin.url}/login")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("ana@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("open-sesame")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Word lists")).to_be_focused()
    expect(page.get_by_role("link", name="Train").first).to_be_visible()
    for _ in range(2):  # the name of the list, and the link to train
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(2):
        expect(page.get_by_label("In English")).to_be_focused()
        page.keyboard.type("nonsense")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Next")).to_be_focused()
        page.keyboard.press("Enter")

    expect(page.get_by_label("In English")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("In Spanish")).to_be_focused()
    page.keyboard.type("a")
    for _ in range(6):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("o")
    expect(page.get_by_label("In Spanish")).to_have_value("año")


def test_own_list_is_made_filled_and_deleted(page, one_origin):
    log_in(page, one_origin)
    page.get_by_label("A list of your own").fill("In the garden")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="In the garden", exact=True).click()
    for spanish, english in (("la flor", "the flower"), ("el árbol", "the tree")):
        page.get_by_label("Spanish", exact=True).fill(spanish)
        page.get_by_label("English", exact=True).fill(english)
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("cell", name=english)).to_be_visible()

    page.get_by_role("button", name="Delete la flor").click()
    expect(page.get_by_role("cell", name="the flower")).to_have_count(0)
    page.get_by_role("button", name="Delete this list").click()
    expect(page.get_by_role("heading", name="Word lists")).to_be_visible()
    expect(page.get_by_role("link", name="In the garden")).to_have_count(0)


def test_page_shows_that_the_server_does_not_respond(page, one_origin, context):
    page.goto(one_origin.url)
    expect(page.get_by_role("link", name="Train").first).to_be_visible()
    context.set_offline(True)
    page.get_by_role("link", name="Train").first.click()

    expect(page.get_by_role("alert")).to_contain_text("The server does not respond.")


@pytest.mark.parametrize("way", ["nginx_one_origin", "nginx_two_origins"])
def test_nginx_sends_strict_and_cacheable_files(build, way, request):
    site = urlsplit(request.getfixturevalue(way).url)
    [script] = [file.name for file in build.glob("main-*.js")]

    def get(path):
        headers = {"Host": site.netloc, "Accept-Encoding": "gzip"}
        with warnings.catch_warnings(action="ignore"):  # any certificate will do
            return requests.get(
                f"https://127.0.0.1:{site.port}{path}", headers=headers, verify=False
            )

    for path in ("/", "/train/3", "/config.json"):
        assert get(path).status_code == 200
        assert get(path).headers["Cache-Control"] == "no-cache"
    assert get("/train/3").text == get("/").text == (build / "index.html").read_text()
    policy = get("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    reply = get(f"/{script}")
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["Content-Encoding"] == "gzip"
    assert get("/main-ABCDEFGH.js").status_code == 404
    # A compressed response that contains a secret can betray it by its size.
    is_ours = way == "nginx_one_origin"
    reply = get("/api/lists")
    assert reply.headers.get("Cache-Control") == ("no-store" if is_ours else "no-cache")
    assert "Content-Encoding" not in reply.headers


def test_script_is_clean(needs):
    needs(shutil.which("shellcheck"), "no shellcheck: 'sudo apt install shellcheck'")

    result = subprocess.run(
        ["shellcheck", "serve.sh"],
        cwd=FOLDER / "nginx",
        capture_output=True,
        encoding="utf-8",
    )

    assert result.returncode == 0, result.stdout

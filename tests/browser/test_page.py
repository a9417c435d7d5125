"""The page of section 03, in a real browser."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from classroom.sections import find_section
from classroom.server import Server


@pytest.fixture
def server():
    """A server of section 03 that has just been started."""
    with Server(find_section("03").folder) as server:
        yield server


@pytest.fixture
def page(browser, server):
    """The page, opened; an error in its JavaScript fails the test."""
    page = browser.new_page()
    problems = []
    page.on("pageerror", lambda problem: problems.append(problem))
    page.goto(server.address)
    yield page
    page.close()
    assert problems == []


def open_store(page, name):
    """Fill in the form as a user would."""
    page.get_by_label("Name of a new store").fill(name)
    page.get_by_role("button").click()


def test_page_lists_the_stores_with_their_items(page):
    store = page.locator("article", has_text="My Wonderful Store")

    expect(store).to_contain_text("My Item")
    expect(store).to_contain_text("15.99")


def test_page_opens_a_store(page, server):
    open_store(page, "Corner Shop")

    expect(page.locator("article", has_text="Corner Shop")).to_be_visible()
    expect(page.get_by_label("Name of a new store")).to_have_value("")
    with server.api() as api:
        assert api.get("/store/Corner Shop").status_code == 200


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "1 to 80 characters"), ("My Wonderful Store", "already exists")],
)
def test_page_shows_what_is_wrong(page, name, message):
    open_store(page, name)

    expect(page.get_by_role("alert")).to_contain_text(message)
    expect(page.locator("article")).to_have_count(1)


def test_page_shows_a_name_with_html_as_text(page):
    name = "<img src=x onerror=alert(1)>"
    open_store(page, name)

    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("img")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 900])
def test_page_has_room_for_the_longest_names(browser, server, width):
    with server.api() as api:
        api.post("/store", json={"name": "x" * 80})
        path = f"/store/{'x' * 80}/item/{'y' * 80}"
        api.put(path, json={"price": 99999999.99}).raise_for_status()
    page = browser.new_page(viewport={"width": width, "height": 600})

    page.goto(server.address, wait_until="networkidle")

    content = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert content <= width


def test_page_shows_that_the_server_has_stopped(page, server):
    expect(page.locator("article")).to_have_count(1)
    server.stop()

    open_store(page, "Corner Shop")

    expect(page.get_by_role("alert")).to_contain_text("does not respond")


def test_page_sends_requests_to_its_server_only(browser, server):
    page, hosts = browser.new_page(), set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))

    page.goto(server.address, wait_until="networkidle")

    page.close()
    assert hosts == {"127.0.0.1"}

"""The page at /docs, in a real browser: it works offline, and can authorize."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from classroom.sections import find_section
from classroom.server import Server


@pytest.fixture(scope="module")
def server():
    with Server(find_section("04").folder) as server:
        yield server


@pytest.fixture
def page(browser, server):
    """The page, opened; a request to another host fails the test."""
    page = browser.new_page()
    problems, hosts = [], set()
    page.on("pageerror", lambda problem: problems.append(problem))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{server.address}/docs")
    yield page
    page.close()
    assert problems == []
    assert hosts - {""} == {urlsplit(server.address).netloc}


def test_docs_page_shows_every_group_and_can_authorize(page, server):
    for group in ("items", "users"):
        expect(page.locator(f"#operations-tag-{group}")).to_be_visible()

    route = page.locator(".opblock-post", has_text="/item/{name}")
    route.locator(".opblock-summary-control").click()
    route.get_by_role("button", name="Try it out").click()
    add_chair = route.get_by_role("button", name="Execute")
    status = route.locator(".live-responses-table .response-col_status").last
    add_chair.click()
    expect(status).to_contain_text("401")

    login = {"username": "ana", "password": "open-sesame"}
    token = server.api().post("/login", json=login).json()["access_token"]
    page.get_by_role("button", name="Authorize").first.click()
    page.locator("#auth-bearer-value").fill(token)
    page.get_by_label("Apply credentials").click()
    page.get_by_role("button", name="Close").first.click()
    add_chair.click()
    expect(status).to_contain_text("201")

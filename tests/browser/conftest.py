"""A browser for tests of pages."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from classroom.server.chromium import launch_browser

MADE_UP_HOSTS = "--host-resolver-rules=MAP *.test 127.0.0.1"


@pytest.fixture(scope="session")
def browser(needs: Callable[[object, str], None]) -> Iterator[Browser]:
    """A browser of this machine: Chromium, or else Chrome."""
    with sync_playwright() as playwright:
        browser = launch_browser(playwright, MADE_UP_HOSTS)
        needs(browser, "no browser: install Chromium or Chrome to test the page")
        expect.set_options(timeout=30_000)  # milliseconds, for slow machines
        yield browser
        browser.close()

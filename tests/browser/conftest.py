"""A browser for tests of pages."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from classroom.display.page import OFFLINE


@pytest.fixture(scope="session")
def browser(needs: Callable[[object, str], None]) -> Iterator[Browser]:
    """A browser of this machine: Chromium, or else Chrome."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        where = {"executable_path": chromium} if chromium else {"channel": "chrome"}
        try:
            browser = playwright.chromium.launch(args=OFFLINE, **where)
        except Error:
            browser = None
        needs(browser, "no browser: install Chromium or Chrome to test the page")
        expect.set_options(timeout=30_000)  # milliseconds, for slow machines
        yield browser
        browser.close()

"""Find and start the browser of this machine: Chromium, or else Chrome."""

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # slow to import
    from playwright.sync_api import Browser, Playwright

# The headless shell has no windows, and needs a third less time for the same pages.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
# With these options, Chromium sends no requests of its own to the internet.
OFFLINE = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of Chromium, or None if it is not installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def launch_browser(playwright: "Playwright", *options: str) -> "Browser | None":
    """Start the browser of this machine; return None if there is none.

    options: more options of Chromium.
    """
    from playwright.sync_api import Error

    chromium = find_chromium()
    channel = None if chromium else "chrome"
    try:
        return playwright.chromium.launch(
            executable_path=chromium, channel=channel, args=[*OFFLINE, *options]
        )
    except Error:
        return None

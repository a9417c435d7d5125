"""Find and start the browser of this machine: Chromium, or else Chrome."""

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # slow to import
    from playwright.sync_api import Browser, Playwright

# With these options, Chromium sends no requests of its own to the internet.
OFFLINE = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
]


def launch_browser(playwright: "Playwright", *options: str) -> "Browser | None":
    """Start the browser of this machine; return None if there is none.

    options: more options of Chromium.
    """
    from playwright.sync_api import Error

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    channel = None if chromium else "chrome"
    try:
        return playwright.chromium.launch(
            executable_path=chromium, channel=channel, args=[*OFFLINE, *options]
        )
    except Error:
        return None

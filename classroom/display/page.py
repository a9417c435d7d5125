"""Show a page as a browser renders it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from IPython.display import Image, display

from classroom.display.masks import is_stable
from classroom.errors import UserError
from classroom.sections import NOTEBOOKS
from classroom.server.chromium import launch_browser

PICTURES = NOTEBOOKS / "pictures"
WIDTH, HEIGHT = 800, 400  # CSS pixels; a page that is longer is shown as a whole


def show_page(reply: requests.Response, picture: str) -> None:
    """Show a page of a running server as a browser of this machine renders it.

    Without Chromium or Chrome, and where outputs are saved, it is a picture that was
    made before: notebooks/pictures/<picture>.png. If there is none, it is made.

    reply: the page, as a session has received it; picture: the name of the file.

    Raises UserError if there is neither a browser nor a picture.
    """
    kept = PICTURES / f"{picture}.png"
    if is_stable() and kept.exists():
        image = kept.read_bytes()
    else:
        with ThreadPoolExecutor(1) as thread:  # Playwright needs one without a loop
            image = thread.submit(render, reply, kept).result()
    if is_stable() and not kept.exists():
        kept.write_bytes(image)
    display(Image(image))


def render(reply: requests.Response, kept: Path) -> bytes:
    """Return a picture of a page, in PNG; without a browser, the kept one."""
    from playwright.sync_api import Route, sync_playwright  # slow to import

    with sync_playwright() as playwright:
        browser = launch_browser(playwright)
        if browser is None:
            if kept.exists():
                return kept.read_bytes()
            raise UserError("Showing a page needs Chromium or Chrome.")

        def respond(route: Route) -> None:
            """Respond with the page itself, which need not be requested again."""
            route.fulfill(
                status=reply.status_code,
                content_type=reply.headers["Content-Type"],
                body=reply.content,
            )

        with browser:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.route(reply.url, respond)
            page.goto(reply.url)
            return page.screenshot(full_page=True)

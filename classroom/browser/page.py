"""Open a page of a server in the browser of this machine, and run fetch() in it."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from IPython.display import display

from classroom.browser import kept
from classroom.browser.report import Report
from classroom.browser.traffic import Traffic
from classroom.display.exchange import body_lines
from classroom.display.masks import (
    HIDDEN,
    hide_credentials,
    hide_passwords,
    is_stable,
)
from classroom.errors import UserError
from classroom.server.chromium import launch_browser
from classroom.server.client import Api
from classroom.server.notebook_servers import ReloadingApi

if TYPE_CHECKING:  # slow to import
    from playwright.sync_api import BrowserContext, Page

HOSTS = ("127.0.0.1", "localhost")  # two names of this machine
JSON = {"Content-Type": "application/json"}
# A header with such a value gets that of a cookie, if scripts can read it.
COOKIE = "cookie:"
FETCH = """async ([url, options, prefix]) => {
    for (const [name, value] of Object.entries(options.headers ?? {}))
        if (value.startsWith(prefix)) {
            const wanted = value.slice(prefix.length) + "=";
            const cookie = document.cookie.split("; ").find(c => c.startsWith(wanted));
            options.headers[name] = cookie?.slice(wanted.length) ?? "";
        }
    try {
        const response = await fetch(url, options);
        return [response.status, await response.text()];
    } catch (error) {
        return [0, String(error)];
    }
}"""

# Playwright needs a thread without an event loop, and the same one each time.
_thread = ThreadPoolExecutor(1)


@cache
def open_window() -> "BrowserContext | None":
    """Start the browser, which ends with this process; None if there is none."""
    from playwright.sync_api import sync_playwright  # slow to import

    browser = launch_browser(sync_playwright().start())
    return browser.new_context() if browser else None


class BrowserPage:
    """A page in the browser of this notebook: all of them share their cookies.

    url: where it is. Without a browser, there are only reports of other runs.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._page: Page | None = None
        self._traffic: Traffic | None = None

    def open(self, case: str) -> None:
        """Open the page, and show what happens.

        case: what this shows, which is the name of the report.
        """
        self._show(case, self._open)

    def fetch(
        self,
        case: str,
        api: Api,
        path: str,
        *,
        host: str = "127.0.0.1",
        json: object = None,
        **options: Any,
    ) -> None:
        """Let the page run fetch(), and show what happens.

        case: what this shows, which is the name of the report.
        api: the session of a server; host: the name by which the page knows it.
        json: a body; options: those of fetch(), such as credentials="include". A header
            can have the value "cookie:NAME".
        """
        url = locate(api, path, host)
        if json is not None:
            options["headers"] = JSON | options.get("headers", {})
            options["body"] = write(json)
        self._show(case, lambda: self._fetch(url, options))

    def _show(self, case: str, act: Callable[[], Report | None]) -> None:
        """Do something in the thread of the browser, and show its report."""
        report = _thread.submit(act).result()
        if report is None:
            report = kept.find(case)
        elif is_stable():
            kept.keep(case, report)
        display(report)

    def _open(self) -> Report | None:
        """Open the page, and return what has happened; None without a browser."""
        window = open_window()
        if window is None:
            return None
        self._page = window.new_page()
        self._traffic = Traffic(self._page)
        self._page.goto(self.url)
        self._traffic.wait()
        shown = self._page.inner_text("body").strip()
        sent, console = self._traffic.read(), self._traffic.console
        return Report(self.origin, "", sent, shown, list(console))

    def _fetch(self, url: str, options: dict[str, Any]) -> Report | None:
        """Run fetch(), and return what has happened; None without a browser."""
        if self._page is None or self._traffic is None:
            return None
        self._traffic.clear()
        status, text = self._page.evaluate(FETCH, [url, options, COOKIE])
        console = self._traffic.console
        # The browser explains a failure a little later.
        self._traffic.wait(lambda: bool(status or console))
        body = "\n".join(body_lines(text.encode()))
        sees = f"{status} {body}".strip() if status else text
        sent, runs = self._traffic.read(), call(url, options)
        return Report(self.origin, runs, sent, sees, list(console))


def open_page(
    case: str, site: Api, path: str = "/", host: str = "127.0.0.1"
) -> BrowserPage:
    """Open a page in the browser of this notebook, show what happens, and return it.

    case: what this shows, which is the name of the report.
    site: the session of the server that has the page; host: the name that the browser
        knows it by, "127.0.0.1" or "localhost".

    Raises UserError without Chromium or Chrome, unless the lessons have such a report.
    """
    page = BrowserPage(locate(site, path, host))
    page.open(case)
    return page


def locate(site: Api, path: str, host: str) -> str:
    """Return a URL of a server, whose files are as they are now."""
    if host not in HOSTS:
        raise UserError(f"host is {HOSTS[0]!r} or {HOSTS[1]!r}.")
    if isinstance(site, ReloadingApi):
        site.reload()
    return str(site.create_url(path)).replace("127.0.0.1", host, 1)


def write(value: object) -> str:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def call(url: str, options: Mapping[str, Any]) -> str:
    """Return the call of fetch() in JavaScript, without secrets."""
    parts = []
    for name, value in options.items():
        if name == "headers":
            headers = [f"{write(key)}: {header(key, value[key])}" for key in value]
            shown = f"{{{', '.join(headers)}}}"
        elif name == "body" and value.startswith("{"):
            shown = f"JSON.stringify({write(hide_passwords(json.loads(value)))})"
        else:
            shown = write(value)
        parts.append(f"{name}: {shown}")
    if not parts:
        return f'fetch("{url}")'
    lines = "".join(f"    {part},\n" for part in parts)
    return f'fetch("{url}", {{\n{lines}}})'


def header(name: str, value: str) -> str:
    """Return the value of a header in JavaScript, without the secret in it."""
    if value.startswith(COOKIE):
        return f"readCookie({write(value.removeprefix(COOKIE))})"
    if name == "Authorization":
        return write(hide_credentials(value))
    return write(HIDDEN if "TOKEN" in name.upper() else value)

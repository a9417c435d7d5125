"""What a browser sends for a page, as Chromium's developer tools see it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from classroom.browser.report import Sent

if TYPE_CHECKING:  # slow to import
    from playwright.sync_api import ConsoleMessage, Page

Event = Mapping[str, Any]

# Says nothing that the other messages, or the status, do not say.
REPEATED = "Failed to load resource"
NOT_OURS = ("/favicon.ico",)  # browsers want an icon for each site
WAIT, STEP = 3000, 10  # milliseconds


class Traffic:
    """The requests of a page, and the messages in its console.

    page: a page of Playwright, before it loads anything.
    """

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.console: list[str] = []
        self.requests: dict[str, Event] = {}
        self.sent: dict[str, Event] = {}
        self.received: dict[str, Event] = {}
        self.ended: set[str] = set()
        self.detailed: set[str] = (
            set()
        )  # ids of requests that also get ExtraInfo events
        page.on("console", self._add_message)
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        # Each preflight should be seen, also a second one for the same request.
        tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        for name, store in (
            ("requestWillBeSent", self._add_request),
            ("requestWillBeSentExtraInfo", self._add_to(self.sent)),
            ("responseReceivedExtraInfo", self._add_to(self.received)),
            ("responseReceived", self._add_end),
            ("loadingFailed", self._add_end),
        ):
            tools.on(f"Network.{name}", store)

    def _add_message(self, message: "ConsoleMessage") -> None:
        """Add an error or a warning in the console."""
        is_problem = message.type in ("error", "warning")
        if is_problem and not message.text.startswith(REPEATED):
            self.console.append(message.text)

    def _add_request(self, event: Event) -> None:
        """Add a request that the browser prepares."""
        if urlsplit(event["request"]["url"]).path not in NOT_OURS:
            self.requests[event["requestId"]] = event

    def _add_to(self, events: dict[str, Event]) -> Callable[[Event], None]:
        """Return a function that adds an event to some."""

        def add(event: Event) -> None:
            events[event["requestId"]] = event

        return add

    def _add_end(self, event: Event) -> None:
        """Add the id of a request that has received a response, or has failed.

        Its ExtraInfo events, if any, may come before or after this one. A response that
        CORS hides from the page has them; a request that was never sent, since its
        preflight failed, does not.
        """
        self.ended.add(event["requestId"])
        failure = event.get("corsErrorStatus", {}).get("corsError", "Preflight")
        if event.get("hasExtraInfo") or "Preflight" not in failure:
            self.detailed.add(event["requestId"])

    def clear(self) -> None:
        """Forget what has happened so far."""
        for each in (self.console, self.requests):
            each.clear()

    def wait(self, until: Callable[[], bool] = lambda: True) -> None:
        """Wait until all requests have ended, and a condition holds, within a limit."""
        for _ in range(WAIT // STEP):
            if until() and self._is_complete():
                return
            self.page.wait_for_timeout(STEP)

    def _is_complete(self) -> bool:
        """Return whether all events that read() needs have arrived."""
        reported = self.sent.keys() & self.received.keys()
        return self.requests.keys() <= self.ended and self.detailed <= reported

    def read(self) -> list[Sent]:
        """Return what the browser has sent to other origins, in order."""
        own = urlsplit(self.page.url).netloc
        sent = [
            self._describe(key)
            for key, event in self.requests.items()
            if urlsplit(event["request"]["url"]).netloc != own
        ]
        # Chromium may report the request before its preflight, but sends it later.
        return sorted(sent, key=lambda each: each.method != "OPTIONS")

    def _describe(self, key: str) -> Sent:
        """Return a request, with its status and its cookies."""
        request = self.requests[key]["request"]
        cookies = self.sent.get(key, {}).get("associatedCookies", [])
        refused = self.received.get(key, {}).get("blockedCookies", [])
        return Sent(
            request["method"],
            urlsplit(request["url"]).path,
            # What a preflight has stopped is prepared, but never sent.
            self.received[key]["statusCode"] if key in self.received else None,
            [c["cookie"]["name"] for c in cookies if not c["blockedReasons"]],
            {c["cookie"]["name"]: why(c) for c in cookies if c["blockedReasons"]},
            {c["cookieLine"].partition("=")[0]: why(c) for c in refused},
        )


def why(cookie: Event) -> str:
    """Return why Chromium does not send or store a cookie, in its own word.

    Chromium may also be set to block all cookies of other sites (UserPreferences).
    """
    reasons = [each for each in cookie["blockedReasons"] if each != "UserPreferences"]
    return str([*reasons, *cookie["blockedReasons"]][0])

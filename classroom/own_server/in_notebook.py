"""nginx in a notebook: one for each folder, which ends with the notebook."""

import atexit
import re
import time
from typing import Any

import requests
from IPython.display import display

from classroom.display.link import Link
from classroom.display.log import read_log
from classroom.display.masks import is_stable
from classroom.display.serving import ServerLink
from classroom.display.tables import Table
from classroom.errors import UserError
from classroom.own_server.site import Site
from classroom.sections import find_files
from classroom.server import Server
from classroom.server.client import Api
from classroom.server.notebook_servers import running_server

WAIT = 0.3  # seconds in which a program logs a request after its response
# The lines of gunicorn itself, which begin with a timestamp.
OF_GUNICORN = re.compile(r"^\[\d{4}-")
REQUEST_ID = re.compile(r"\b[\da-f]{8}(-?)[\da-f]{4}(\1[\da-f]{4}){3}[\da-f]{8}\b")
# What differs in each run, in the lines of a log.
VARYING = {
    r"\d{4}-\d\d-\d\dT[\d:]{8}(Z|[+-]\d\d:\d\d)": "(time)",
    r"\[\d\d/\w+/\d{4}:[\d:]{8} [+-]\d{4}\]": "[(time)]",
    r"\b\d+\.\d{3}s\b": "…s",
    r"\b\d+ms\b": "…ms",
    r"(?<=acme-challenge/)[\w-]{43}": "(token)",
    r"\(linux; \w+\)": "(system)",
}

_running: dict[str, Site] = {}


class SiteApi(Api):
    """A session for a site that is being written: nginx uses its files as they are.

    site: if its files have changed, the next request restarts nginx first.
    number: the section of the app.
    shown: what show_logs() has already read of each log.
    """

    def __init__(self, site: Site, number: str | int) -> None:
        super().__init__(site.address)
        self.site = site
        self.number = number
        self.shown = read_logs(site)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request to the site as it is now, and remember the response.

        Raises UserError if nginx cannot read the files.
        """
        self.refresh()
        return super().request(method, url, **options)

    def refresh(self) -> None:
        """Restart nginx if the files of the site have changed."""
        self.site.app = running_server(self.number)
        if not self.site.is_current:
            self.site.start()


def serve_nginx(folder: str | int, number: str | int) -> SiteApi:
    """Start nginx in front of a section's server; return a session for nginx.

    folder: "08", or a folder of your own, with nginx/site.conf; when its files have
        changed, nginx restarts before the next request.
    number: the section, which serve() has started with unix_socket=True.

    Raises UserError if nginx is not installed, or cannot read the files, or if no such
    server is running.
    """
    app = running_server(number)
    expect_socket(app, number)
    name = f"{folder} {number}"
    if name in _running:
        _running.pop(name).stop()
    site = Site(find_files(folder), app)
    _running[name] = site  # so that it is stopped, even if nginx does not start
    site.start()
    display(ServerLink(f"nginx, in front of section {number},", Link(site.address)))
    return SiteApi(site, number)


def expect_socket(app: Server, number: str | int) -> None:
    """Raise UserError if the server of a section has no Unix socket, for nginx."""
    if not app.unix_socket:
        raise UserError(
            f'Start it with serve("{number}", workers=2, unix_socket=True).'
        )


def show_logs(api: SiteApi) -> None:
    """Show what nginx and the app behind it have logged since this was last called.

    api: the session from serve_nginx().
    """
    time.sleep(WAIT)
    logs = read_logs(api.site)
    new = [log.removeprefix(old) for log, old in zip(logs, api.shown, strict=True)]
    api.shown = logs
    rows = [["nginx", line] for line in read_lines(new[0])]
    rows += [["app", line] for line in read_app_lines(new[1])]
    display(Table(["Program", "Its log"], mask(rows)))


def read_logs(site: Site) -> list[str]:
    """Return the access log of nginx, and what the app has printed."""
    log = site.logs / "access.log"
    return [log.read_text("utf-8") if log.exists() else "", site.app.output()]


def read_lines(log: str) -> list[str]:
    """Return the lines of a log that are not empty."""
    return [line for line in log.splitlines() if line]


def read_app_lines(log: str) -> list[str]:
    """Return a line for each request in the output of an app: of JSON, two fields."""
    lines = []
    for line in read_lines(log):
        for logged in read_log(line):
            line = f"{logged['message']} {logged['request_id']}"
        if not OF_GUNICORN.match(line):
            lines.append(line)
    return lines


def mask(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows; if outputs are stable, without what differs in each run.

    A letter replaces each request id, so that the lines of a request can be found.
    """
    if not is_stable():
        return rows
    letters: dict[str, str] = {}
    for row in rows:
        for found in REQUEST_ID.finditer(row[1]):
            letters.setdefault(found[0], f"(id {chr(ord('A') + len(letters))})")
        row[1] = REQUEST_ID.sub(lambda found: letters[found[0]], row[1])
        for pattern, replacement in VARYING.items():
            row[1] = re.sub(pattern, replacement, row[1])
    return rows


@atexit.register
def stop_all() -> None:
    """Stop every nginx that serve_nginx() started."""
    while _running:
        _running.popitem()[1].stop()

"""The servers of a notebook: one for each section, which ends with the notebook."""

import atexit
import sys
from typing import Any

import requests

from classroom.errors import UserError
from classroom.sections import find_folder, is_path, section_files
from classroom.server import Server
from classroom.server.client import Api
from classroom.server.follow import follow_variables
from classroom.server.forked import preload
from classroom.server.site import Site

_running: dict[str, Server] = {}

if "ipykernel" in sys.modules:  # a notebook starts a dozen servers
    preload()


# If a file is written twice in the same second, Python can take the bytecode of the
# first version for that of the second.
UNCACHED = {"PYTHONDONTWRITEBYTECODE": "1"}


class ReloadingApi(Api):
    """A session for an app that is being written: it runs the files as they are now.

    server: the server of the app. If a file in its folder has changed since it was
    started, the next request restarts it first. Its database is kept.
    """

    def __init__(self, server: Server) -> None:
        super().__init__(server.address)
        self.server = server
        self.files = read_files(server)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request to the app as it is now, and remember the response.

        Raises ServerStartError if the app cannot start any more.
        """
        self.reload()
        return super().request(method, url, **options)

    def reload(self) -> None:
        """Restart the app if its files have changed.

        Raises ServerStartError if it cannot start any more.
        """
        if read_files(self.server) != self.files:
            self.server.restart()
            self.base_url = self.server.address
            self.files = read_files(self.server)


def read_files(server: Server) -> dict[str, bytes]:
    """Return the Python files and templates of an app, by their paths in its folder."""
    files = section_files(server.folder).items()
    kinds = (".py", ".html")
    return {name: path.read_bytes() for name, path in files if path.suffix in kinds}


def start_server(
    number: str | int,
    app: str = "app",
    workers: int = 0,
    unix_socket: bool = False,
    **settings: object,
) -> Api:
    """Start a section's server and return a session for it, as serve() describes."""
    folder = find_folder(number)
    name = f"{folder.name} {app}"
    if name in _running:
        _running.pop(name).stop()
    server = Server(
        folder,
        app=app,
        workers=workers,
        unix_socket=unix_socket,
        settings=settings,
        variables=follow_variables() | (UNCACHED if is_path(number) else {}),
    )
    server.start()
    _running[name] = server
    return session_for(number, server)


def session_for(number: str | int, server: Server) -> Api:
    """Return a session for a server; of your own folder, one that restarts it."""
    return ReloadingApi(server) if is_path(number) else server.api()


def browse(number: str | int) -> Site:
    """Return a new session with a section's site: a browser without cookies.

    number: the section, which serve() has started.

    Raises UserError if it is not running.
    """
    return Site(running_server(number).address)


def running_server(number: str | int) -> Server:
    """Return the server of a section that serve() has started.

    Raises UserError if there is none.
    """
    name = f"{find_folder(number).name} app"
    if name not in _running:
        raise UserError(f"Section {number} is not running: start it with serve().")
    return _running[name]


def restart(number: str | int, **settings: object) -> Api:
    """Restart a section's server and keep its data; return a new session.

    number: the section, which serve() has started before.
    settings: new values, which are added to the settings it was started with.

    Raises UserError if it is not running, ServerStartError if the server ends.
    """
    server = running_server(number)
    server.settings |= settings
    server.restart()
    return session_for(number, server)


@atexit.register
def stop_all() -> None:
    """Stop every server that serve() started."""
    while _running:
        _running.popitem()[1].stop()

"""The servers of a notebook: each section has one, which ends with the notebook."""

import atexit

from classroom.errors import UserError
from classroom.sections import find_folder
from classroom.server import Server
from classroom.server.client import Api

_running: dict[str, Server] = {}


def serve(
    number: str | int, app: str = "app", workers: int = 0, **settings: object
) -> Api:
    """Start a section's server and return a session that talks to it.

    number: the section, such as "03", or "examples". If this notebook already runs it,
    that server is stopped first, so running the cell again starts afresh, with nothing
    stored.
    app: the module to serve, if not app.py; each runs beside the others.
    workers: how many processes of gunicorn serve it; 0 is flask run.
    settings: what to set in app.config, such as JWT_ACCESS_TOKEN_EXPIRES=2.

    Raises UserError if there is no such section, ServerStartError if its server ends.
    """
    folder = find_folder(number)
    name = f"{folder.name} {app}"
    if name in _running:
        _running.pop(name).stop()
    server = Server(folder, app=app, workers=workers, settings=settings)
    server.start()
    _running[name] = server
    return server.api()


def running_server(number: str | int) -> Server:
    """Return the server of a section that serve() has started.

    Raises UserError if there is none.
    """
    name = f"{find_folder(number).name} app"
    if name not in _running:
        raise UserError(f"Section {number} does not run: serve it first.")
    return _running[name]


def restart(number: str | int, **settings: object) -> Api:
    """Start a section's server again, with what it has stored; return a new session.

    number: the section, which serve() has started before.
    settings: what to set from now on, besides what was set before.

    Raises UserError if it has not, ServerStartError if the server ends.
    """
    server = running_server(number)
    server.settings |= settings
    server.restart()
    return server.api()


@atexit.register
def stop_all() -> None:
    """Stop every server that serve() started."""
    while _running:
        _running.popitem()[1].stop()

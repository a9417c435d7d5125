"""Start the server of a section in a notebook, and show where it is."""

from html import escape

from IPython.display import display

from classroom.display.link import Link
from classroom.sections import EXAMPLES, find_folder, find_section, is_path
from classroom.server.client import Api
from classroom.server.notebook_servers import start_server


class ServerLink:
    """The URL of a server, as a link in JupyterLab, and how long it runs.

    name: what the server serves; link: its URL.
    """

    UNTIL = "until you shut down the kernel of this notebook"

    def __init__(self, name: str, link: Link) -> None:
        self.name, self.link = name, link

    def __repr__(self) -> str:
        return f"{self.name} runs at {self.link!r}, {self.UNTIL}."

    def _repr_html_(self) -> str:
        return f"{escape(self.name)} runs at {self.link._repr_html_()}, {self.UNTIL}."


def serve(
    number: str | int,
    app: str = "app",
    workers: int = 0,
    unix_socket: bool = False,
    **settings: object,
) -> Api:
    """Start a section's server, show a link to it, and return a session for it.

    If this notebook has started it before, that server is stopped first, so running
    the cell again starts without any data.

    number: the section, such as "03"; "examples"; or the path of a folder of your own,
        whose server restarts by itself whenever its files have changed.
    app: the module to serve, if not app.py; each has a server of its own.
    workers: how many gunicorn workers serve it; 0 is flask run.
    unix_socket: whether they also listen at a Unix socket, for serve_nginx().
    settings: what to set in app.config, such as JWT_ACCESS_TOKEN_EXPIRES=2.

    Raises UserError if there is no such section, ServerStartError if its server ends.
    """
    api = start_server(number, app, workers, unix_socket, **settings)
    display(ServerLink(name_server(number, app), Link(api.base_url)))
    return api


def name_server(number: str | int, app: str) -> str:
    """Return what to call the app that serve() serves."""
    name = find_folder(number).name
    if not is_path(number) and number != EXAMPLES.name:
        name = f"Section {find_section(number).number}"
    return name if app == "app" else f"{name}, {app}.py,"

"""Links to the pages of a running server."""

from html import escape
from urllib.parse import urlsplit

from IPython.display import display

from classroom.display.masks import is_stable
from classroom.server.client import Api


class Link:
    """A link to a page, which a browser opens in a new tab.

    If outputs are stable, it is only text, without the port, which differs each time.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        if is_stable():
            path = urlsplit(url).path
            self.url = f"http://127.0.0.1:(a port){path}"

    def __repr__(self) -> str:
        return self.url

    def _repr_html_(self) -> str:
        if is_stable():
            return f"<code>{escape(self.url)}</code>"
        return f'<a href="{escape(self.url)}" target="_blank">{escape(self.url)}</a>'


def show_link(api: Api, path: str) -> None:
    """Show a link to a page of a server, such as "/docs".

    api: the session of the server, which serve() has returned.
    """
    display(Link(api.create_url(path)))

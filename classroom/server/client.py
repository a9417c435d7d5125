"""Send requests to a server."""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ChunkedEncodingError
from requests_toolbelt.sessions import BaseUrlSession

from classroom.errors import UserError


class ServerGone(requests.ConnectionError):
    """No server responds at a URL; a notebook shows no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Api(BaseUrlSession):  # type: ignore[misc]
    """A requests session for one server, which needs only paths: api.get("/store").

    base_url: the URL of the server, such as "http://127.0.0.1:5000".
    history: every response so far, the oldest first.
    timeout: how many seconds to wait for a response; requests itself waits forever.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url.rstrip("/"))
        self.history: list[requests.Response] = []
        self.timeout = 10.0
        # The proxy and the .netrc of this machine are not meant for 127.0.0.1.
        is_local = urlsplit(base_url).hostname in ("127.0.0.1", "::1", "localhost")
        self.trust_env = not is_local

    def create_url(self, url: str) -> str:
        """Return the URL of a path; leave a whole URL as it is."""
        return url if "://" in url else f"{self.base_url}/{url.lstrip('/')}"

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request and remember the response.

        Raises ServerGone if there is no server, or it ends before it responds.
        """
        options.setdefault("timeout", self.timeout)
        try:
            response: requests.Response = super().request(method, url, **options)
        except (requests.ConnectionError, ChunkedEncodingError) as error:
            if isinstance(error, requests.Timeout):
                raise
            message = (
                "The server no longer responds. Was it stopped or restarted? Then run "
                "the cell with serve() again, and the cells below it."
            )
            raise ServerGone(message, request=error.request) from None
        self.history.append(response)
        return response

    def expect_response(self) -> None:
        """Raise UserError unless a server responds."""
        try:
            self.get("/")
        except requests.RequestException:
            raise UserError(
                f"No server responds at {self.base_url}. Is it running, and is the "
                "URL right?"
            ) from None

    def __repr__(self) -> str:
        return f"<Api at {self.base_url}>"


def bearer(token: str) -> dict[str, str]:
    """Return the header that sends a token, for a single request.

    token: as the server sent it: api.get("/items", headers=bearer(token)).
    """
    return {"Authorization": f"Bearer {token}"}

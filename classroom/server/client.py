"""Talk to a server over HTTP."""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ChunkedEncodingError
from requests_toolbelt.sessions import BaseUrlSession

from classroom.errors import UserError


class ServerGone(requests.ConnectionError):
    """Nobody answers at an address; a notebook shows the text and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Api(BaseUrlSession):  # type: ignore[misc]
    """A requests session for one server: api.get("/store") is all it takes.

    base_url: where the server is, such as "http://127.0.0.1:5000".
    history: every response so far, the oldest first.
    timeout: how many seconds to wait for an answer; by itself, requests never gives up.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url.rstrip("/"))
        self.history: list[requests.Response] = []
        self.timeout = 10.0
        # A proxy or a .netrc of this machine has no business between us and 127.0.0.1.
        here = urlsplit(base_url).hostname in ("127.0.0.1", "::1", "localhost")
        self.trust_env = not here

    def create_url(self, url: str) -> str:
        """Return the whole address of a path; a whole address stays as it is."""
        return url if "://" in url else f"{self.base_url}/{url.lstrip('/')}"

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request and remember the response.

        Raises ServerGone if there is no server, or it ends while it should answer.
        """
        options.setdefault("timeout", self.timeout)
        try:
            response: requests.Response = super().request(method, url, **options)
        except (requests.ConnectionError, ChunkedEncodingError) as error:
            if isinstance(error, requests.Timeout):
                raise
            text = (
                "No server answers there any more. Has it been stopped, or started "
                "again? Then run the cell with serve() again, and those below it."
            )
            raise ServerGone(text, request=error.request) from None
        self.history.append(response)
        return response

    def expect_an_answer(self) -> None:
        """Raise UserError unless there is a server that answers."""
        try:
            self.get("/")
        except requests.RequestException:
            raise UserError(
                f"No server answers at {self.base_url}. Is it running, and is the "
                "address right?"
            ) from None

    def __repr__(self) -> str:
        return f"<Api at {self.base_url}>"


def bearer(token: str) -> dict[str, str]:
    """Return the header that sends a token, for a single request.

    token: as it was given out, such as in api.get("/items", headers=bearer(token)).
    """
    return {"Authorization": f"Bearer {token}"}

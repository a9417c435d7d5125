"""Send requests to a server."""

import time
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ChunkedEncodingError
from requests_toolbelt.sessions import BaseUrlSession
from urllib3.exceptions import HTTPError, ReadTimeoutError

from classroom.errors import UserError


class ServerGone(requests.ConnectionError):
    """No server responds at a URL; a notebook shows no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class EndlessResponse(requests.Timeout):
    """A response did not end: it took too long, or its body was too large.

    request_line: what was requested, such as "GET /items"; reason: what was too much.
    """

    def __init__(self, request_line: str, reason: str) -> None:
        super().__init__(f"{request_line} never ends: {reason}")
        self.request_line = request_line
        self.reason = reason


class Api(BaseUrlSession):  # type: ignore[misc]
    """A requests session for one server, which needs only paths: api.get("/store").

    base_url: the URL of the server, such as "http://127.0.0.1:5000".
    history: every response so far, the oldest first.
    timeout: how many seconds to wait for a response; requests itself waits forever.
    """

    MAX_SECONDS = 12.0  # until the end of a response, even if it keeps coming
    MAX_BODY = 2 * 1024 * 1024  # bytes in a body

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url.rstrip("/"))
        self.history: list[requests.Response] = []
        self.timeout = 10.0
        # The proxy and the .netrc of this machine are not meant for 127.0.0.1.
        is_local = urlsplit(base_url).hostname in ("127.0.0.1", "::1", "localhost")
        self.trust_env = not is_local

    def create_url(self, url: str) -> str:
        """Return the URL of a path; leave a whole URL as it is."""
        is_whole = url.startswith(("http://", "https://"))
        return url if is_whole else f"{self.base_url}/{url.lstrip('/')}"

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request and remember the response.

        Raises ServerGone if there is no server, or it ends before it responds, and
        EndlessResponse if the response does not end.
        """
        options.setdefault("timeout", self.timeout)
        deadline = time.monotonic() + self.MAX_SECONDS
        try:
            response: requests.Response = super().request(
                method, url, stream=True, **options
            )
            # requests itself would read for as long as there is more to come. It has
            # read the body of a redirect that it does not follow.
            if not vars(response)["_content_consumed"]:
                line = f"{method} {url}"
                response._content = self._read_body(response, line, deadline)
        except (requests.ConnectionError, ChunkedEncodingError) as error:
            if isinstance(error, requests.Timeout | requests.exceptions.SSLError):
                raise
            message = (
                "The server no longer responds. Was it stopped or restarted? Then run "
                "the cell with serve() again, and the cells below it."
            )
            raise ServerGone(message, request=error.request) from None
        self.history.append(response)
        return response

    def _read_body(
        self, response: requests.Response, request_line: str, deadline: float
    ) -> bytes:
        """Return the body of a response; raise EndlessResponse if it does not end."""
        body = b""
        while part := self._read_part(response):
            body += part
            if len(body) > self.MAX_BODY:
                response.close()
                reason = f"its body is over {self.MAX_BODY // 1024**2} MiB"
                raise EndlessResponse(request_line, reason)
            if time.monotonic() > deadline:
                response.close()
                reason = f"after {self.MAX_SECONDS:.0f} seconds, there is more to come"
                raise EndlessResponse(request_line, reason)
        return body

    def _read_part(self, response: requests.Response) -> bytes:
        """Return the next part of a body; nothing at its end."""
        try:
            part: bytes = response.raw.read1(64 * 1024, decode_content=True)
            return part
        except ReadTimeoutError as error:
            raise requests.ReadTimeout(error, request=response.request) from None
        except HTTPError as error:
            raise requests.ConnectionError(error, request=response.request) from None

    def expect_response(self) -> None:
        """Raise UserError unless a server responds."""
        try:
            self.get("/")
        except EndlessResponse:
            return
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


def is_url(value: str) -> bool:
    """Return whether a string is the URL of a server."""
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port that is not a number
        return False
    return has_host and parts.scheme in ("http", "https")

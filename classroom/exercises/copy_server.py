"""The server of a student's copy."""

from collections.abc import Mapping
from pathlib import Path

from requests import Response

from classroom.server import Server
from classroom.server.client import Api


class CopyServer(Server):
    """The server of a student's copy.

    history: every response that any session with it has received, the oldest first.
    """

    def __init__(
        self, copy: Path, settings: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(copy, settings=settings)
        self.history: list[Response] = []

    def api(self) -> Api:
        """Return a new session, whose responses are kept in history."""
        api = super().api()
        api.history = self.history
        return api

    def last_reply(self) -> Response | None:
        """Return the latest response, if there is one."""
        return self.history[-1] if self.history else None

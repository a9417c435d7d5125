"""The server that the contract tests ask, and its admin."""

from typing import Protocol

import pytest

from classroom.errors import UserError
from classroom.server.client import Api


class ServerProtocol(Protocol):
    """A server of which tests may also run commands, such as flask grant-admin."""

    def api(self) -> Api:
        """Return a new session that talks to the server."""

    def flask(self, *words: str) -> str:
        """Run a command of the section, and return what it prints."""


SERVER = pytest.StashKey[ServerProtocol | None]()  # where the tests find it


def read_admin(text: str) -> tuple[str, str]:
    """Return the username and the password of an admin, from "NAME:PASSWORD".

    Raises UserError if it is not written so.
    """
    name, colon, password = text.partition(":")
    if not colon:
        raise UserError("Say who is an admin as --admin NAME:PASSWORD.")
    return name, password

"""The server that the contract tests check, and its admin."""

from typing import Protocol

import pytest

from classroom.errors import UserError
from classroom.server.client import Api


class ServerProtocol(Protocol):
    """A server whose commands tests can run as well, such as flask grant-admin."""

    def api(self) -> Api:
        """Return a new session for the server."""

    def flask(self, *arguments: str) -> str:
        """Run a command of the section, and return its output."""


SERVER = pytest.StashKey[ServerProtocol | None]()  # where the tests find the server


def read_admin(value: str) -> tuple[str, str]:
    """Return the username and the password of an admin, from "NAME:PASSWORD".

    Raises UserError if there is no colon in it.
    """
    name, colon, password = value.partition(":")
    if not colon:
        raise UserError("Write the admin as --admin NAME:PASSWORD.")
    return name, password

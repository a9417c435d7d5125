"""Follow requests: learn what a server runs to respond to one."""

import functools
import json
import re
import secrets
from typing import Any

import requests

from classroom.errors import UserError
from classroom.server.temporary_folder import TemporaryFolder

KEY = secrets.token_hex(16)  # other programs cannot make a server record a request
HEADER = "X-Classroom-Follow"
PATH = "X-Classroom-Path"  # the response's header: the name of the recording
NAME = re.compile(r"[\da-f]{32}")

# The header that makes a server record what it runs for a request.
follow = {HEADER: KEY}


@functools.cache
def recordings() -> TemporaryFolder:
    """Return the folder with the recordings, which is deleted at the end."""
    return TemporaryFolder()


def follow_variables() -> dict[str, str]:
    """Return the environment variables of a server whose requests can be followed."""
    return {"CLASSROOM_FOLLOW": KEY, "CLASSROOM_RECORDINGS": str(recordings().path)}


def read_recording(response: requests.Response) -> dict[str, Any]:
    """Return what a server has recorded for a response: see classroom_tracer.

    Raises UserError, with advice, if the request was not followed.
    """
    if HEADER not in response.request.headers:
        raise UserError(
            "This request was not followed: send it with headers=follow, as in "
            'api.get("/", headers=follow).'
        )
    name = response.headers.get(PATH, "")
    file = recordings().path / f"{name}.json"
    if not NAME.fullmatch(name) or not file.exists():
        raise UserError(
            "This server does not follow requests: only those that this notebook has "
            "started with serve() do."
        )
    recording: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return recording

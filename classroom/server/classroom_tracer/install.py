"""Let a Flask app record the requests that ask for it, and leave the others alone."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask

from . import sqlite
from .recorder import Recorder
from .request_secrets import find_credentials, find_settings, read_fields
from .roles import find_endpoint, find_roles
from .values import Values

FOLLOW = "HTTP_X_CLASSROOM_FOLLOW"  # the request's header: see follow.py
PATH = "X-Classroom-Path"  # the response's header: the name of the recording

Respond = Callable[[Flask, dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def install(key: str, recordings: Path) -> None:
    """Record each request that sends this key, in a file of its own.

    The server is started in the folder of its app.
    """
    sqlite.install()
    folder, started = Path.cwd(), time.time()
    respond: Respond = Flask.__call__

    def respond_or_record(
        app: Flask, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Respond to a request."""
        if environ.get(FOLLOW) != key:
            return respond(app, environ, start_response)
        recording = Recording(app, environ, folder, started)
        try:
            return recording.respond(respond, start_response)
        finally:
            recording.save(recordings)

    Flask.__call__ = respond_or_record  # type: ignore[assignment, method-assign]


class Recording:
    """What an app does to respond to one request."""

    def __init__(
        self, app: Flask, environ: dict[str, Any], folder: Path, started: float
    ) -> None:
        self.app, self.environ, self.folder = app, environ, folder
        self.started = started
        self.name = uuid.uuid4().hex
        self.status = 500  # unless the app responds
        self.endpoint = find_endpoint(app, environ)
        values = Values(
            folder, [*find_credentials(environ), *find_settings(app.config)]
        )
        for fields in read_fields(environ):
            values.learn(fields)
        roles = find_roles(app, self.endpoint, environ)
        self.recorder = Recorder(folder, values, roles)

    def respond(
        self, respond: Respond, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Respond to the request, and name the recording in a header."""

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            """Start the response."""
            self.status = int(status[:3])
            return start_response(status, [*headers, (PATH, self.name)], *error)

        with self.recorder:
            return respond(self.app, self.environ, start)

    def save(self, recordings: Path) -> None:
        """Write a file, before the server sends the response."""
        files = sorted({str(call["file"]) for call in self.recorder.calls})
        paths = {file: self.folder / file for file in files}
        recording = {
            "status": self.status,
            "has_route": self.endpoint is not None,
            "calls": self.recorder.calls,
            "steps": self.recorder.steps,
            "sources": {f: path.read_text("utf-8") for f, path in paths.items()},
            "is_cut": self.recorder.is_cut,
            "changed": [f for f in files if paths[f].stat().st_mtime > self.started],
        }
        file = recordings / f"{self.name}.json"
        file.write_text(json.dumps(recording), encoding="utf-8")


install(os.environ["CLASSROOM_FOLLOW"], Path(os.environ["CLASSROOM_RECORDINGS"]))

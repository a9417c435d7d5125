"""Start a section's real server, and talk to it over HTTP."""

import atexit
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from requests_toolbelt.sessions import BaseUrlSession

from classroom.errors import Problem
from classroom.sections import find_section

LEASH = Path(__file__).with_name("leash.py")
ADDRESS = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")
TRACEBACK_PLACE = re.compile(r'^\s*File "(.+)", line (\d+)', re.MULTILINE)


class Api(BaseUrlSession):  # type: ignore[misc]
    """A requests session for one server: api.get("/store") is all it takes.

    base_url: where the server is, such as "http://127.0.0.1:5000".
    history: every response so far, the oldest first.
    """

    TIMEOUT = 10.0  # seconds; without one, requests would wait for ever

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url.rstrip("/"))
        self.history: list[requests.Response] = []
        # A proxy or a .netrc of this machine has no business between us and 127.0.0.1.
        self.trust_env = not base_url.startswith("http://127.0.0.1")

    def create_url(self, url: str) -> str:
        """Return the whole address of a path; a whole address stays as it is."""
        return url if "://" in url else f"{self.base_url}/{url.lstrip('/')}"

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request and remember the response."""
        options.setdefault("timeout", self.TIMEOUT)
        response: requests.Response = super().request(method, url, **options)
        self.history.append(response)
        return response

    def expect_an_answer(self) -> None:
        """Raise a Problem unless there is a server that answers."""
        try:
            self.get("/")
        except requests.RequestException as error:
            raise Problem(
                f"No server answers at {self.base_url} ({type(error).__name__}). "
                "Is it running, and is the address right?"
            ) from None

    def __repr__(self) -> str:
        return f"<Api at {self.base_url}>"


class DidNotStart(Problem):
    """A server ended, or said nothing, before it could be asked anything.

    folder: where it was started; output: all that it printed.
    what: the last line of the output: with a Python error, what went wrong.
    place: the last file and line of the folder on the way to the error, such as
        "app.py, line 12"; empty if the output names none.
    """

    def __init__(self, folder: Path, output: str) -> None:
        lines = [line for line in output.splitlines() if line.strip()]
        self.what = lines[-1].strip() if lines else "it printed nothing."
        self.place = ""
        for file, line in TRACEBACK_PLACE.findall(output):
            if Path(file).is_relative_to(folder):
                self.place = f"{Path(file).relative_to(folder)}, line {line}"
        where = f" ({self.place})" if self.place else ""
        last_lines = "\n".join(f"    {line}" for line in lines[-12:])
        super().__init__(
            f"{folder.name} does not start: {self.what}{where}\n\n"
            f"Its last lines of output:\n{last_lines}"
        )


class Server:
    """A section's server, as a process of its own: flask run, on 127.0.0.1.

    It ends with stop(), at the end of a with block, or when this process ends.

    folder: where app.py stands; the server runs in it.
    python: the Python to run it with, if not this one.
    """

    PATIENCE = 30.0  # seconds that a server may take to start

    def __init__(self, folder: Path, *, python: str = sys.executable) -> None:
        self.folder = folder.resolve()
        self.command = flask_run(0, python)
        self.address = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> Self:
        """Start the process, and return once it accepts requests.

        Raises DidNotStart, with its last lines of output, if it ends instead.
        """
        self._scratch = tempfile.TemporaryDirectory(prefix="classroom-")
        log = Path(self._scratch.name) / "server.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=clean_environment(),
                stdin=subprocess.PIPE,  # the leash: see leash.py
                stdout=output,
                stderr=subprocess.STDOUT,
                # Interrupting a notebook must not interrupt its server.
                start_new_session=True,
            )
        give_up = time.monotonic() + self.PATIENCE
        # Flask prints its address once the socket listens: from then on, no request
        # comes too early.
        while not (found := ADDRESS.search(log.read_text("utf-8", "replace"))):
            if self._process.poll() is not None or time.monotonic() > give_up:
                said = log.read_text("utf-8", "replace")
                self.stop()
                raise DidNotStart(self.folder, said)
            time.sleep(0.02)
        self.address = found[1]
        return self

    def stop(self) -> None:
        """End the process and wait until it is gone."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process = None
        if self._scratch is not None:
            self._scratch.cleanup()

    def api(self) -> Api:
        """Return a new session that talks to this server."""
        return Api(self.address)

    def __enter__(self) -> Self:
        return self if self._process else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def flask_run(port: int, python: str = sys.executable) -> list[str]:
    """Return the command that serves the app.py of the folder it is run in.

    port: where to listen; 0 takes any that is free.
    """
    flask = ["flask", "--app", "app", "run", "--host", "127.0.0.1", "--port", str(port)]
    return [python, "-P", str(LEASH), *flask]


def clean_environment() -> dict[str, str]:
    """Return this process's environment, less what would change how Flask runs."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FLASK_")}
    return kept | {"FLASK_SKIP_DOTENV": "1", "PYTHONUNBUFFERED": "1"}


def is_free(port: int) -> bool:
    """Return whether a server could listen at a port of 127.0.0.1."""
    with socket.socket() as probe:
        if os.name != "nt":  # as servers do; on Windows, it would take the port away
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def run_here(folder: Path, port: int) -> int:
    """Serve a folder's app.py in this terminal until Ctrl-C; return the exit status."""
    process = subprocess.Popen(
        flask_run(port), cwd=folder, env=clean_environment(), stdin=subprocess.PIPE
    )
    with process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the server has seen it as well
            return process.wait()


_running: dict[str, Server] = {}


def serve(number: str | int) -> Api:
    """Start a section's server and return a session that talks to it.

    number: the section, such as "03". If this notebook already runs it, that server
    is stopped first, so running the cell again starts afresh.

    Raises Problem if there is no such section, DidNotStart if its server ends.
    """
    section = find_section(number)
    if section.number in _running:
        _running.pop(section.number).stop()
    server = Server(section.folder).start()
    _running[section.number] = server
    return server.api()


@atexit.register
def stop_all() -> None:
    """Stop every server that serve() started."""
    while _running:
        _running.popitem()[1].stop()

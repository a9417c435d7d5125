"""The mailbox of section 13: an SMTP server that keeps all mail, and shows it."""

import re
import time
from pathlib import Path
from typing import Any, Self

from classroom.errors import ServerStartError
from classroom.server.client import Api
from classroom.server.launch import make_environment
from classroom.server.ports import find_free_port
from classroom.server.process import ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder
from classroom.server.temporary_server import TemporaryServer

URL = re.compile(r"Showing it at (http://\S+)")
LINK = re.compile(r"https?://\S+")


class Mailbox(TemporaryServer):
    """The command flask mailbox of a section, as a process of its own.

    folder: where app.py is.
    port: the one of the SMTP server, for the setting MAIL_PORT.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.port = find_free_port()

    def start(self) -> Self:
        """Start the process, and return once it receives mail."""
        if self._folder is None:
            self._folder = TemporaryFolder()
        mail = str(self.temporary_folder / "mail")
        options = ["--smtp-port", str(self.port), "--port", "0", "--folder", mail]
        command = ["flask", "mailbox", *options]
        environment = make_environment({})
        self.process = ManagedProcess(command, self.folder, environment, self.log)
        if not self.process.wait_until(lambda: bool(self._url()), self.TIMEOUT):
            ended = not self.process.is_running
            output = self.output()
            self.stop()
            raise ServerStartError(self.folder, output, ended)
        return self

    def _url(self) -> str:
        """Return the URL of the page that it has printed, or an empty string."""
        found = URL.search(self.output())
        return found[1] if found else ""

    def messages(self, email: str) -> list[dict[str, Any]]:
        """Return the messages to an address, the newest first."""
        with Api(self._url()) as page:
            found = page.get("/messages").json()["messages"]
        return [each for each in found if each["headers"]["To"] == email]

    def wait_for_link(self, email: str, subject: str, timeout: float = 30.0) -> str:
        """Wait for a message to an address; return the first link in it.

        Raises TimeoutError if there is none after timeout seconds.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for message in self.messages(email):
                if message["headers"]["Subject"] == subject:
                    return LINK.findall(message["text"])[0]  # type: ignore[no-any-return]
            time.sleep(0.05)
        raise TimeoutError(f"There is no mail {subject!r} to {email}.")

"""The mailbox of section 13: an SMTP server that keeps all mail, and shows it."""

import re
import sys
import time
from pathlib import Path
from typing import Any, Self

from classroom.errors import ServerStartError
from classroom.sections import find_section
from classroom.server.client import Api
from classroom.server.forked import ForkedProcess, is_preloaded
from classroom.server.launch import make_environment
from classroom.server.ports import find_free_port
from classroom.server.process import ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder
from classroom.server.temporary_server import TemporaryServer

URL = re.compile(r"Showing it at (http://\S+)")


class Mailbox(TemporaryServer):
    """The command flask mailbox of a section, as a process of its own.

    folder: where app.py is.
    port: the one of the SMTP server, for the setting MAIL_PORT.
    page: a session with the page that shows the mail.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.port = find_free_port()
        self.page = Api("")

    def start(self) -> Self:
        """Start the process, and return once it receives mail."""
        if self._folder is None:
            self._folder = TemporaryFolder()
        mail = str(self.temporary_folder / "mail")
        options = ["--smtp-port", str(self.port), "--port", "0", "--folder", mail]
        command = ["flask", "mailbox", *options]
        environment = make_environment({})
        is_forked = is_preloaded(sys.executable)
        start = ForkedProcess if is_forked else ManagedProcess
        self.process = start(command, self.folder, environment, self.log)
        if not self.process.wait_until(self._is_ready, self.TIMEOUT):
            ended = not self.process.is_running
            output = self.output()
            self.stop()
            raise ServerStartError(self.folder, output, ended)
        return self

    def _is_ready(self) -> bool:
        """Return whether it has printed the URL of its page."""
        found = URL.search(self.output())
        if found:
            self.page = Api(found[1])
        return bool(found)

    def messages(self, email: str) -> list[dict[str, Any]]:
        """Return the messages to an address, the newest first."""
        found = self.page.get("/messages", params={"to": email}).json()["messages"]
        return list(found)

    def wait_for(self, email: str, count: int = 1) -> dict[str, Any]:
        """Wait until there are some messages to an address; return the newest.

        Raises TimeoutError if that takes too long, or if there are more.
        """
        deadline = time.monotonic() + self.TIMEOUT
        while len(messages := self.messages(email)) < count:
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        if len(messages) != count:
            raise TimeoutError(f"{email} has {len(messages)} mails, not {count}.")
        return messages[0]


def start_mailbox(number: str | int) -> Mailbox:
    """Start the mailbox of a section, which ends with this process, and return it.

    number: the section, such as "13".
    """
    return Mailbox(find_section(number).folder).start()

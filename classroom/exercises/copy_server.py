"""The server of a student's copy, which may fail or wait in any way."""

import re
from collections.abc import Mapping
from pathlib import Path

from requests import Response

from classroom.exercises.advice import FOR_A_LOCK, FOR_A_WAIT
from classroom.exercises.failures import own_places, quote_line
from classroom.server import Server
from classroom.server.client import Api

# Seconds that a copy may take to respond: its code may be blocked.
TIMEOUT = 2.5
NO_RESPONSE = f"Your code has not responded after {TIMEOUT} s."
STACK = re.compile(r"^(?:Current thread|Thread) 0x.+\n((?: .+\n)+)", re.MULTILINE)
LOCK = re.compile(r"\bwith .*lock|\.acquire\(", re.IGNORECASE)
# The frame of the main thread that is printed last.
LAST_FRAME = re.compile(r'exit_with_parent\.py", line \d+ in <module>\n')


class CopyServer(Server):
    """The server of a student's copy.

    history: every response that any session with it has received, the oldest first.
    """

    def __init__(
        self,
        copy: Path,
        settings: Mapping[str, object] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(copy, settings=settings, variables=variables)
        self.history: list[Response] = []

    def api(self) -> Api:
        """Return a new session, which does not wait long for a response."""
        api = super().api()
        api.timeout = TIMEOUT
        api.history = self.history
        return api

    def last_reply(self) -> Response | None:
        """Return the latest response, if there is one."""
        return self.history[-1] if self.history else None

    def describe_wait(self) -> str:
        """Return where the code is that does not respond, and what to try."""
        assert self.process is not None
        before = len(self.output())
        self.process.print_stacks()
        self.process.wait_until(lambda: self._has_stacks(before), TIMEOUT)
        for frames in STACK.findall(self.output()[before:]):
            places = list(own_places(self.folder, frames))
            if places and " in wsgi_app" in frames:  # it handles a request
                file, line = places[0]
                where = quote_line(self.folder, Path(file), int(line))
                advice = FOR_A_LOCK if LOCK.search(where) else FOR_A_WAIT
                return f"{NO_RESPONSE} It is still here:\n{where}\n{advice}"
        return f"{NO_RESPONSE}\n{FOR_A_WAIT}"

    def _has_stacks(self, before: int) -> bool:
        """Return whether the server has printed the stacks of all its threads."""
        return LAST_FRAME.search(self.output()[before:]) is not None

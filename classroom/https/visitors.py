"""Clients that send requests while something else happens."""

import threading
from typing import Self

import requests


class Visitors:
    """Four clients, each of which sends up to 10 requests per second, in a with block.

    Each request has a new connection, so it gets to see the newest certificate.

    url: what they request; verify: the file with the authorities that they trust.
    count: how many responses there were; failures: what went wrong.
    """

    CLIENTS = 4
    PAUSE = 0.1  # seconds between two requests of a client

    def __init__(self, url: str, verify: bool | str | None = None) -> None:
        self.url = url
        self.verify = verify
        self.count = 0
        self.failures: list[str] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._send_requests) for _ in range(self.CLIENTS)
        ]

    def _send_requests(self) -> None:
        """Send requests until the end of the with block."""
        while not self._stopped.wait(self.PAUSE):
            failure = self._send()
            with self._lock:
                self.count += 1
                self.failures += [failure] if failure else []

    def _send(self) -> str:
        """Send a request; return what went wrong, if anything."""
        try:
            status = self._get().status_code
        except requests.RequestException as error:
            return str(error)
        return "" if status == requests.codes.ok else str(status)

    def _get(self) -> requests.Response:
        """Send a request over a new connection."""
        return requests.get(self.url, timeout=10, verify=self.verify)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

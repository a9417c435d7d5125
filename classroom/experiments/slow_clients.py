"""Slow clients: they open connections, and never finish their requests."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from requests import RequestException

from classroom.server.client import Api

CLIENTS = 10  # that send a whole request
TIMEOUT = 2.0  # seconds that each of them waits for a response
START = b"GET /stores HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HEAD_START = 0.5  # seconds until the server has begun to read the last one


def count_served(api: Api, slow_clients: int, start: bytes = START) -> int:
    """Send ten requests at once, and return how many are served within two seconds.

    api: the session; slow_clients: how many clients send only the start of a request,
        and keep their connections open.
    """
    slow = keep_waiting(api.base_url, slow_clients, start)
    with slow, ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(is_served, [api.base_url] * CLIENTS))


@contextmanager
def keep_waiting(base_url: str, how_many: int, start: bytes) -> Iterator[None]:
    """Keep connections open in which the server waits for the rest of a request."""
    url = urlsplit(base_url)
    with ExitStack() as connections:
        for _ in range(how_many):
            connection = socket.create_connection((url.hostname, url.port))
            connections.enter_context(connection).sendall(start)
        if how_many:
            time.sleep(HEAD_START)
        yield


def is_served(base_url: str) -> bool:
    """Send a request over a new connection, and return whether it is served soon."""
    with Api(base_url) as client:
        client.timeout = TIMEOUT
        try:
            ok: bool = client.get("/health").ok
        except RequestException:
            ok = False
    return ok

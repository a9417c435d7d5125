"""Keep a server busy for a while, and measure what it costs."""

import itertools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

CLIENTS = 4  # while one is served the others wait, so that the worker is never idle


@dataclass
class Round:
    """The result of keeping a server busy.

    requests: how many; seconds: how long it took.
    cpu: the CPU time of the worker, in its own code and in the kernel, in seconds.
    """

    requests: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        """The number of requests per second."""
        return self.requests / self.seconds


def keep_busy(
    address: str,
    worker: psutil.Process,
    paths: list[str],
    seconds: float,
    token: str = "",
) -> Round:
    """Request one path after the other from a server, in several threads.

    worker: the process that responds; seconds: how long; token: an access token, which
    is sent with each request.

    Raises ValueError if a status is not 200.
    """
    stop = threading.Event()
    before, start = cpu_seconds(worker), time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [
            pool.submit(send_requests, address, paths, token, stop)
            for _ in range(CLIENTS)
        ]
        try:
            stop.wait(seconds)
        finally:  # after a Ctrl-C, too: otherwise the clients would never end
            stop.set()
        requests = sum(client.result() for client in clients)
    took, after = time.monotonic() - start, cpu_seconds(worker)
    return Round(requests, took, after - before)


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def send_requests(
    address: str, paths: list[str], token: str, stop: threading.Event
) -> int:
    """Send one request after the other until stop is set; return how many."""
    url = urlsplit(address)
    host = (url.hostname, url.port)
    # One connection for each request: the usual worker of gunicorn closes it anyway.
    headers = f"Host: {url.hostname}\r\nConnection: close\r\n"
    if token:
        headers += f"Authorization: Bearer {token}\r\n"
    requests = [f"GET {path} HTTP/1.1\r\n{headers}\r\n" for path in paths]
    count = 0
    for request in itertools.cycle(map(str.encode, requests)):
        # Not http.client, which takes as long as some servers do.
        with socket.create_connection(host, timeout=10) as connection:
            connection.sendall(request)
            begin = connection.recv(65536)
            while connection.recv(65536):
                pass
        if not begin.startswith(b"HTTP/1.1 200 "):
            raise ValueError(f"The response is {begin[:200]!r}.")
        count += 1
        if stop.is_set():
            break
    return count

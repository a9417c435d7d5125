"""Keep a server busy for a while, and measure what that costs it."""

import itertools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

CLIENTS = 4  # one is served while the others stand in line: the worker is never idle


@dataclass
class Round:
    """What came of keeping a server busy.

    answered: how many requests; seconds: how long it took.
    cpu: seconds of that in which its worker computed, in its own code or the system's.
    """

    answered: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        """How many requests were answered each second."""
        return self.answered / self.seconds


def keep_busy(
    address: str, worker: psutil.Process, paths: list[str], seconds: float
) -> Round:
    """Ask a server for one path after the other, from several threads.

    worker: the process that answers; seconds: how long.

    Raises ValueError if an answer is anything but 200.
    """
    stop = threading.Event()
    before, start = cpu_seconds(worker), time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(ask, address, paths, stop) for _ in range(CLIENTS)]
        try:
            stop.wait(seconds)
        finally:  # after a Ctrl-C, too: else the clients would go on for ever
            stop.set()
        answered = sum(client.result() for client in clients)
    took, after = time.monotonic() - start, cpu_seconds(worker)
    return Round(answered, took, after - before)


def cpu_seconds(process: psutil.Process) -> float:
    """Return how long a process has computed so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def ask(address: str, paths: list[str], stop: threading.Event) -> int:
    """Send one request after the other until told to stop; return how many."""
    where = urlsplit(address)
    place = (where.hostname, where.port)
    requests = [f"GET {path} HTTP/1.1\r\nHost: {place[0]}\r\n\r\n" for path in paths]
    answered = 0
    for request in itertools.cycle(map(str.encode, requests)):
        # One connection for each request: gunicorn's usual worker closes it anyway.
        # Not http.client, which takes as long as some servers do.
        with socket.create_connection(place, timeout=10) as connection:
            connection.sendall(request)
            begin = connection.recv(65536)
            while connection.recv(65536):
                pass
        if not begin.startswith(b"HTTP/1.1 200 "):
            raise ValueError(f"The answer is {begin[:200]!r}.")
        answered += 1
        if stop.is_set():
            break
    return answered

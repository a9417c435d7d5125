"""What changes when several worker processes serve one section."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psutil
from requests import Response

from classroom.errors import UserError
from classroom.server.client import Api
from classroom.server.notebook_servers import running_server

CLIENTS = 8  # more than workers, so that no worker is ever idle
TIMEOUT = 30.0  # seconds
DURATION = 0.5  # seconds in which requests are counted


def ask_until_they_differ(api: Api, path: str) -> list[Response]:
    """Repeat a GET request until two responses differ in their status.

    Any worker may handle a request, and each only knows the state in its own memory.

    api: the session, whose headers are sent; path: what to request.

    Returns both responses, the one with the lower status first.
    Raises UserError if all responses are alike for half a minute.
    """
    found: dict[int, Response] = {}
    deadline = time.monotonic() + TIMEOUT
    with ThreadPoolExecutor(CLIENTS) as clients:
        while len(found) < 2:
            if time.monotonic() > deadline:
                raise UserError(
                    f"All responses to GET {path} are alike: is there only one worker?"
                )
            # Several at once: the same worker would take most single requests.
            for reply in clients.map(copy_of(api).get, [path] * CLIENTS):
                found[reply.status_code] = reply
    return [found[status] for status in sorted(found)[:2]]


def ask_often(api: Api, path: str, times: int = 40) -> list[Response]:
    """Repeat a GET request until every worker has responded; return all responses.

    api: the session, whose headers are sent; path: what to request.
    """
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(copy_of(api).get, [path] * times))


def copy_of(api: Api) -> Api:
    """Return a session with the same headers, to keep the history short."""
    copy = Api(api.base_url)
    copy.headers.update(api.headers)
    return copy


def measure_workers(number: str | int, path: str, most: int) -> list[float]:
    """Return the requests per second of one worker, then of two, and so on.

    number: the section, which serve() has started with workers=1.
    path: what to request; most: up to how many workers.

    Raises UserError if it is not running.
    """
    server = running_server(number)
    gunicorn = server.worker.parent()
    assert gunicorn is not None
    rates = [count_per_second(server.address, path)]
    for workers in range(2, most + 1):
        gunicorn.send_signal(signal.SIGTTIN)  # start another one
        wait_for_workers(gunicorn, workers)
        rates.append(count_per_second(server.address, path))
    return rates


def wait_for_workers(gunicorn: psutil.Process, number: int) -> None:
    """Wait until gunicorn has this number of workers; raise UserError after TIMEOUT."""
    deadline = time.monotonic() + TIMEOUT
    while len(gunicorn.children()) < number:
        if time.monotonic() > deadline:
            raise UserError("gunicorn has not started another worker.")
        time.sleep(0.02)


def count_per_second(address: str, path: str) -> float:
    """Return the requests per second of a server with several clients.

    Raises UserError if a status is not 200.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        start = time.monotonic()
        clients = [
            pool.submit(send_requests, address, path, stop) for _ in range(CLIENTS)
        ]
        try:
            stop.wait(DURATION)
        finally:  # after a Ctrl-C, too: otherwise the clients would never end
            stop.set()
        count = sum(client.result() for client in clients)
        return count / (time.monotonic() - start)


def send_requests(address: str, path: str, stop: threading.Event) -> int:
    """Send requests until stop is set, at least one; return how many."""
    netloc = urlsplit(address).netloc
    count = 0
    while not (count and stop.is_set()):
        # Not the requests library, which takes as long as the server does. Each request
        # has a connection of its own, so that any worker may take it.
        connection = HTTPConnection(netloc, timeout=TIMEOUT)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            reply = connection.getresponse()
            reply.read()
        finally:
            connection.close()
        if reply.status != 200:
            raise UserError(f"GET {path} responds with {reply.status} instead of 200.")
        count += 1
    return count

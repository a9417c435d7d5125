"""What changes when several processes answer the requests to one section."""

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

CLIENTS = 8  # more than there are workers, so that each always has something to do
PATIENCE = 30.0  # seconds in which something should have come about
MEASURED = 1.0  # seconds in which requests are counted


def ask_until_they_differ(api: Api, path: str) -> list[Response]:
    """Ask for the same again and again, until two answers differ in their status.

    Which worker answers is chance, and each knows only what it was told itself.

    api: the server to ask, with its headers; path: what for.

    Returns both answers, the one with the lower status first.
    Raises UserError if all answers of half a minute are alike.
    """
    found: dict[int, Response] = {}
    give_up = time.monotonic() + PATIENCE
    with ThreadPoolExecutor(CLIENTS) as clients:
        while len(found) < 2:
            if time.monotonic() > give_up:
                raise UserError(
                    f"All answers to GET {path} are alike: is it one worker?"
                )
            # At once, since a single request is mostly taken by the same worker.
            for reply in clients.map(copy_of(api).get, [path] * CLIENTS):
                found[reply.status_code] = reply
    return [found[status] for status in sorted(found)[:2]]


def ask_often(api: Api, path: str, times: int = 40) -> list[Response]:
    """Ask for the same so often that every worker has answered; return all answers.

    api: the server to ask, with its headers; path: what for.
    """
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(copy_of(api).get, [path] * times))


def copy_of(api: Api) -> Api:
    """Return another session that sends the same headers: the history stays short."""
    copy = Api(api.base_url)
    copy.headers.update(api.headers)
    return copy


def measure_workers(number: str | int, path: str, most: int) -> list[float]:
    """Return how many requests a second one worker answers, then two, and so on.

    number: the section, which serve() has started with workers=1.
    path: what to ask for; most: up to how many workers.

    Raises UserError if it does not run.
    """
    server = running_server(number)
    gunicorn = server.worker.parent()
    assert gunicorn is not None
    rates = [count_per_second(server.address, path)]
    for workers in range(2, most + 1):
        gunicorn.send_signal(signal.SIGTTIN)  # start one more
        wait_for_workers(gunicorn, workers)
        rates.append(count_per_second(server.address, path))
    return rates


def wait_for_workers(gunicorn: psutil.Process, number: int) -> None:
    """Wait until gunicorn has so many workers; raise UserError if it never does."""
    give_up = time.monotonic() + PATIENCE
    while len(gunicorn.children()) < number:
        if time.monotonic() > give_up:
            raise UserError("gunicorn does not start another worker.")
        time.sleep(0.02)


def count_per_second(address: str, path: str) -> float:
    """Return how many requests a server answers each second, from several clients.

    Raises UserError if an answer is anything but 200.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        start = time.monotonic()
        clients = [
            pool.submit(keep_asking, address, path, stop) for _ in range(CLIENTS)
        ]
        try:
            stop.wait(MEASURED)
        finally:  # after a Ctrl-C, too: else the clients would go on for ever
            stop.set()
        answered = sum(client.result() for client in clients)
        return answered / (time.monotonic() - start)


def keep_asking(address: str, path: str, stop: threading.Event) -> int:
    """Send a request, and others until told to stop; return how many."""
    where = urlsplit(address)
    answered = 0
    while not (answered and stop.is_set()):
        # Not requests, which takes as long as the server does. And over a connection
        # of its own, so that any worker may take it.
        connection = HTTPConnection(f"{where.hostname}:{where.port}", timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            reply = connection.getresponse()
            reply.read()
        finally:
            connection.close()
        if reply.status != 200:
            raise UserError(f"GET {path} answers {reply.status} instead of 200.")
        answered += 1
    return answered

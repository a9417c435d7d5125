"""Record what passes between a client and a server, as any router on the way could."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from classroom.https.site_api import HttpsApi
from classroom.server.ports import HOST


class Wire:
    """What was sent over the connections, byte by byte.

    sent: by the client; received: by the client, from the server.
    """

    def __init__(self) -> None:
        self.sent = b""
        self.received = b""

    def add_sent(self, data: bytes) -> None:
        """Record bytes from the client."""
        self.sent += data

    def add_received(self, data: bytes) -> None:
        """Record bytes from the server."""
        self.received += data

    def shows(self, text: str) -> bool:
        """Return whether a text can be read in these bytes."""
        return text.encode() in self.sent + self.received


@contextmanager
def eavesdrop(api: HttpsApi) -> Iterator[Wire]:
    """Record the connections that a session makes, in a with block.

    api: the session from serve_https().
    """
    wire, direct = Wire(), api.ports
    api.close()  # connections from before would not be recorded
    with relay(direct[80], wire) as http, relay(direct[443], wire) as https:
        api.ports = {80: http, 443: https}
        try:
            yield wire
        finally:
            api.ports = direct
            api.close()


@contextmanager
def relay(port: int, wire: Wire) -> Iterator[int]:
    """Pass connections on to a port, and record them; yield the port to connect to."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server((HOST, 0)))
        thread = threading.Thread(target=accept, args=(server, port, wire, stack))
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            end(server)  # accept() fails then
            thread.join()


def accept(server: socket.socket, port: int, wire: Wire, opened: ExitStack) -> None:
    """Pass each connection on, until the server is closed.

    opened: gets the sockets and threads, to end them.
    """
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            target = socket.create_connection((HOST, port))
            ways = (client, target, wire.add_sent), (target, client, wire.add_received)
            for way in ways:
                thread = threading.Thread(target=copy, args=way)
                thread.start()
                opened.callback(thread.join)
            for each in (client, target):
                opened.enter_context(each)
                opened.callback(end, each)


def copy(
    source: socket.socket, target: socket.socket, record: Callable[[bytes], None]
) -> None:
    """Copy what arrives at one socket to another one, and record it, until its end."""
    with suppress(OSError):
        while data := source.recv(65536):
            record(data)
            target.sendall(data)
    end(target)


def end(connection: socket.socket) -> None:
    """End a connection, in both directions, so that no thread waits for it."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)

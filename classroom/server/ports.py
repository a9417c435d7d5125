"""Where servers listen: on this machine only, at a port that is free."""

import socket

HOST = "127.0.0.1"


def find_free_port() -> int:
    """Return a port of 127.0.0.1 at which no server listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port

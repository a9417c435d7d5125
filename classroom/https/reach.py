"""Let this process reach a made-up domain, without a change to the system."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from classroom.server.ports import HOST


@contextmanager
def reach(*names: str, root: Path) -> Iterator[None]:
    """Resolve names to this machine, and trust an authority, in a with block.

    names: host names, such as "stores.example".
    root: the file with the certificate of the authority, for requests.
    """
    variables = {
        "REQUESTS_CA_BUNDLE": str(root),
        "NO_PROXY": ",".join(names),
        "no_proxy": ",".join(names),
    }
    with resolve_here(*names), patch.dict(os.environ, variables):
        yield


@contextmanager
def resolve_here(*names: str, ports: Mapping[int, int] | None = None) -> Iterator[None]:
    """Resolve names to this machine, in a with block.

    names: host names; ports: other ports to connect to, such as {443: 8443}, since
        only root may listen at those below 1024.
    """
    resolve = socket.getaddrinfo
    instead = ports or {}

    def resolve_name(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host in names:
            host, port = HOST, instead.get(port, port)
        return resolve(host, port, *arguments, **options)

    with patch.object(socket, "getaddrinfo", resolve_name):
        yield

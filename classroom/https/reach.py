"""Let this process reach a made-up domain, without a change to the system."""

import os
import socket
from collections.abc import Iterator
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
    resolve = socket.getaddrinfo

    def resolve_here(host: Any, *arguments: Any, **options: Any) -> Any:
        return resolve(HOST if host in names else host, *arguments, **options)

    variables = {
        "REQUESTS_CA_BUNDLE": str(root),
        "NO_PROXY": ",".join(names),
        "no_proxy": ",".join(names),
    }
    with (
        patch.object(socket, "getaddrinfo", resolve_here),
        patch.dict(os.environ, variables),
    ):
        yield

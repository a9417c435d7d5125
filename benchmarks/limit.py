"""The limit: one function, the standard library, and nothing else."""

import json
import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from benchmarks.rows import open_shop


def create_app() -> WSGIApplication:
    """Return the function that gunicorn calls for each request (WSGI, PEP 3333)."""
    with_stores = os.environ["FLASK_WITH_STORES"] == "true"
    shop = open_shop(os.environ["FLASK_DATABASE"], with_stores)

    def respond(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/item/"):
            found = shop.find(path.removeprefix("/item/"))
        else:
            found = shop.find_all()
        body = json.dumps(found).encode()
        length = str(len(body))
        headers = [("Content-Type", "application/json"), ("Content-Length", length)]
        start("200 OK", headers)
        return [body]

    return respond

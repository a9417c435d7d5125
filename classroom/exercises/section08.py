"""The exercises of section 08: each changes the files of nginx in a copy."""

import atexit
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import urlsplit

import requests
from requests_toolbelt.adapters.source import SourceAddressAdapter

from classroom.errors import UserError
from classroom.exercises.common import expect, read_body
from classroom.exercises.exercise import find_exercise
from classroom.exercises.finding import Finding
from classroom.experiments.slow_clients import CLIENTS, count_served
from classroom.own_server.site import Site
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api

STATIC_FILE = "/swagger-ui/swagger-ui-bundle.js"
SMALL = 600  # KiB that this file may take
DAY = 24 * 60 * 60  # seconds
TOO_LARGE = b"x" * (2 * 1024 * 1024)
OTHER_CLIENT = "127.0.0.2"  # Linux has all addresses that begin with 127
# What a client sends that waits in the middle of a body.
SLOW_UPLOAD = (
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b'Content-Length: 1000\r\n\r\n{"username": '
)


def check_site(
    name: str, check: Callable[[Api, Site], Iterator[Finding]]
) -> Iterator[Finding]:
    """Start nginx with a student's files of an exercise, and check its responses.

    name: the exercise, such as "08.1"; check: yields findings about nginx.
    """
    copy = find_exercise(name).own_folder
    done = copy.exists()
    yield Finding(done, f'You have the files: start_exercise("{name}") makes them.')
    if not done:
        return
    try:
        with Site(copy, start_app()) as site, site.api() as api:
            yield from check(api, site)
    except UserError as error:
        yield Finding(False, f"nginx does not start with your files:\n{error}")


@cache  # no exercise changes the app, so one server is enough
def start_app() -> Server:
    """Start the app behind nginx, which ends with this process."""
    server = Server(find_section("07").folder, workers=1, unix_socket=True).start()
    atexit.register(server.stop)
    return server


def is_json_error(reply: requests.Response, status: int) -> tuple[bool, str]:
    """Return whether a response is an error of the API, and a note if it is not."""
    body = read_body(reply)
    ok = (
        reply.status_code == status
        and reply.headers.get("Content-Type") == "application/json"
        and isinstance(body, dict)
        and isinstance(body.get("message"), str)
    )
    kind = reply.headers.get("Content-Type", "no Content-Type")
    return ok, "" if ok else f" (The response is {reply.status_code}, as {kind})"


def exercise_1() -> Iterator[Finding]:
    """A site that lets the error pages of nginx through."""
    yield from check_site("08.1", check_errors)


def check_errors(api: Api, site: Site) -> Iterator[Finding]:
    """Check that each error of nginx is JSON."""
    long = {"X-Long": "x" * 40_000}
    for what, status, reply in (
        ("POST /login with 2 MiB", 413, api.post("/login", data=TOO_LARGE)),
        ("GET of a static file that is not there", 404, api.get("/swagger-ui/no.js")),
        ("POST to a static file", 405, api.post(STATIC_FILE)),
        ("GET /health with a header of 40 kB", 431, api.get("/health", headers=long)),
        ("GET /stores-error", 404, api.get("/stores-error")),
    ):
        ok, note = is_json_error(reply, status)
        yield Finding(ok, f"{what}: {status}, in JSON.{note}", reply)
    reply = api.get("/item/none")
    ok = reply.status_code == 404 and "none" in reply.text
    yield Finding(ok, "GET /item/none: still 404, from the app.", reply)


def exercise_2() -> Iterator[Finding]:
    """A location: / leads to the documentation."""
    yield from check_site("08.2", check_redirect)


def check_redirect(api: Api, site: Site) -> Iterator[Finding]:
    """Check that nginx itself redirects /, and nothing else."""
    reply = api.get("/", allow_redirects=False)
    ok, note = expect(reply, 302)
    yield Finding(ok, f"GET / responds with 302.{note}", reply)
    path = urlsplit(reply.headers.get("Location", "")).path
    yield Finding(path == "/docs", "Its Location is /docs.", reply)
    reply = api.get("/unknown", allow_redirects=False)
    ok, note = is_json_error(reply, 404)
    yield Finding(ok, f"GET /unknown still responds with 404, in JSON.{note}", reply)
    reply = api.get("/stores", allow_redirects=False)
    ok, note = expect(reply, 200)
    yield Finding(ok, f"GET /stores still responds with 200.{note}", reply)


def exercise_3() -> Iterator[Finding]:
    """A route that only one address may use."""
    yield from check_site("08.3", check_monitoring)


def check_monitoring(api: Api, site: Site) -> Iterator[Finding]:
    """Check which clients may request /ready."""
    ok, note = expect(api.get("/ready"), 200)
    yield Finding(ok, f"A client at 127.0.0.1 gets 200 for /ready.{note}")
    with site.api() as other:
        other.mount("http://", SourceAddressAdapter(OTHER_CLIENT))
        forged = {"X-Forwarded-For": "127.0.0.1"}
        for what, headers in (("", {}), (" that sends X-Forwarded-For", forged)):
            reply = other.get("/ready", headers=headers)
            ok, note = is_json_error(reply, 403)
            text = f"A client at {OTHER_CLIENT}{what} gets 403, in JSON.{note}"
            yield Finding(ok, text, reply)
        ok, note = expect(other.get("/stores"), 200)
    yield Finding(ok, f"That client still gets 200 for /stores.{note}")


def exercise_4() -> Iterator[Finding]:
    """Static files that are compressed, and kept by browsers."""
    yield from check_site("08.4", check_static_files)


def check_static_files(api: Api, site: Site) -> Iterator[Finding]:
    """Check how many bytes a static file takes, and how long it may be kept."""
    reply = api.get(STATIC_FILE, headers={"Accept-Encoding": "gzip"})
    size = reply.raw.tell() // 1024  # before it is decompressed
    name = STATIC_FILE.rpartition("/")[2]
    now = "" if size <= SMALL else f" (It takes {size} KiB.)"
    text = f"{name} takes at most {SMALL} KiB, for a client that accepts gzip.{now}"
    yield Finding(reply.status_code == 200 and size <= SMALL, text, reply)
    plain = api.get(STATIC_FILE, headers={"Accept-Encoding": "identity"})
    ok = plain.content == reply.content and "Content-Encoding" not in plain.headers
    yield Finding(ok, "Another client gets the same file, not compressed.", plain)
    ok = find_max_age(reply) == DAY
    yield Finding(ok, f"A browser may keep it for a day: max-age={DAY}.", reply)
    ok = "X-Request-ID" in reply.headers
    yield Finding(ok, "The response still has an X-Request-ID.", reply)
    reply = api.get("/stores", headers={"Accept-Encoding": "gzip"})
    ok = reply.status_code == 200 and find_max_age(reply) == 0
    yield Finding(ok, "A browser may not keep the responses of the API.", reply)


def find_max_age(reply: requests.Response) -> int:
    """Return for how many seconds a response may be kept, by its Cache-Control."""
    for part in reply.headers.get("Cache-Control", "").split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.isdigit():
            return int(value)
    return 0


def exercise_5() -> Iterator[Finding]:
    """A site in which slow uploads reach the app."""
    yield from check_site("08.5", check_slow_uploads)


def check_slow_uploads(api: Api, site: Site) -> Iterator[Finding]:
    """Check that clients are served while others are slow to send a body."""
    yield Finding(count_served(api, 0) == CLIENTS, "Ten clients at once are served.")
    served = count_served(api, 20, SLOW_UPLOAD)
    note = "" if served == CLIENTS else f" (Of them, {served} are.)"
    text = "They are served while 20 others are slow to send a body."
    yield Finding(served == CLIENTS, f"{text}{note}")
    reply = api.post("/register", json={"username": "x" * 500_000, "password": ""})
    ok, note = is_json_error(reply, 422)
    yield Finding(ok, f"A body of 500 kB reaches the app, as before.{note}", reply)

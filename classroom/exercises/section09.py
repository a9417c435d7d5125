"""The exercises of section 09: most of them change the files of nginx in a copy."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from classroom.errors import UserError
from classroom.exercises.common import check_answers, expect
from classroom.exercises.exercise import find_exercise
from classroom.exercises.finding import Finding
from classroom.exercises.section08 import is_json_error, start_app
from classroom.https.certificates import OwnAuthority
from classroom.https.handshake import Handshake, accepts, shake_hands
from classroom.https.reach import resolve_here
from classroom.https.settings import DOMAIN, WWW
from classroom.https.site import HttpsSite
from classroom.https.site_api import HttpsApi, find_tls_error
from classroom.server.client import Api

HSTS = "Strict-Transport-Security"
SECURITY_TXT = "/.well-known/security.txt"  # RFC 9116
NAMES = (DOMAIN, f"*.{DOMAIN}")  # in the certificate of exercise 1
HANDSHAKES = {
    DOMAIN: Handshake(DOMAIN),
    WWW: Handshake(WWW),
    "eu.shop.stores.example": Handshake("eu.shop.stores.example"),
    "mystores.example": Handshake("mystores.example"),
    "STORES.EXAMPLE": Handshake("STORES.EXAMPLE"),
    "stores.example, the day after it expired": Handshake(DOMAIN, expired=True),
    "stores.example, in a client with other authorities": Handshake(
        DOMAIN, trusted=False
    ),
}


def exercise_1(answers: dict[str, bool | None]) -> Iterator[Finding]:
    """Predictions of what a client accepts, compared with real handshakes."""
    authority = OwnAuthority()
    try:
        correct = {
            name: accepts(handshake, authority, *NAMES)
            for name, handshake in HANDSHAKES.items()
        }
    finally:
        authority.delete()
    yield from check_answers(answers, correct)


def exercise_2(site: HttpsApi) -> Iterator[Finding]:
    """Requests to a site whose authority the session does not trust at first."""
    trusted = str(site.verify) == str(site.own.root)
    yield Finding(trusted, "The session trusts the authority of the site.")
    moved = [reply for reply in site.history if was_redirected(reply)]
    yield Finding(bool(moved), "http://stores.example/stores was redirected to HTTPS.")
    logins = [r for r in site.history if first_request(r).method == "POST"]
    done = any(r.ok and urlsplit(r.url).path == "/login" for r in logins)
    yield Finding(done, "ana has logged in, at /login.")
    safe = all(urlsplit(first_request(r).url).scheme == "https" for r in logins)
    yield Finding(bool(logins) and safe, "Her password was never sent over HTTP.")


def was_redirected(reply: requests.Response) -> bool:
    """Return whether a request for the stores went from HTTP to HTTPS."""
    first = first_request(reply).url
    return first == f"http://{DOMAIN}/stores" and reply.url.startswith("https://")


def first_request(reply: requests.Response) -> requests.PreparedRequest:
    """Return the request that the client sent first, before any redirect."""
    return [*reply.history, reply][0].request


def check_site(
    name: str, check: Callable[[Api, HttpsSite], Iterator[Finding]]
) -> Iterator[Finding]:
    """Start nginx with a student's files, and check its responses.

    name: the exercise, such as "09.3"; check: yields findings about nginx, with a
        session that trusts the authority of the site.
    """
    copy = find_exercise(name).own_folder
    done = copy.exists()
    yield Finding(done, f'You have the files: start_exercise("{name}") makes them.')
    if not done:
        return
    site = HttpsSite(copy, start_app())
    try:
        site.start()
        api = Api(f"https://{DOMAIN}")
        api.trust_env, api.verify = False, str(site.own.root)
        with api, resolve_here(DOMAIN, WWW, ports=site.ports):
            yield from check(api, site)
    except UserError as error:
        yield Finding(False, f"nginx does not start with your files:\n{error}")
    except requests.exceptions.SSLError as error:
        yield Finding(False, f"A client refuses the connection: {error}")
    finally:
        site.stop()


def exercise_3() -> Iterator[Finding]:
    """A file that says where to report a vulnerability."""
    yield from check_site("09.3", check_security_txt)


def check_security_txt(api: Api, site: HttpsSite) -> Iterator[Finding]:
    """Check the file, and that the other promises of the site are kept."""
    reply = api.get(SECURITY_TXT, allow_redirects=False)
    ok, note = expect(reply, 200)
    yield Finding(ok, f"GET {SECURITY_TXT} responds with 200.{note}", reply)
    kind = reply.headers.get("Content-Type", "")
    yield Finding(kind.startswith("text/plain"), "It is text/plain.", reply)
    lines = [line.partition(": ") for line in reply.text.splitlines()]
    fields = {name: value for name, _, value in lines}
    contact = fields.get("Contact", "")
    ok = contact.startswith(("mailto:", "https://"))
    yield Finding(ok, "Contact is a mailto: or https: URL.", reply)
    ok = is_later(fields.get("Expires", ""))
    yield Finding(ok, "Expires is a time in the future.", reply)
    yield Finding(HSTS in reply.headers, f"The response has {HSTS}.", reply)
    reply = api.get(f"http://{DOMAIN}{SECURITY_TXT}", allow_redirects=False)
    ok, note = expect(reply, 308)
    yield Finding(ok, f"Over HTTP, it is still redirected.{note}", reply)


def is_later(text: str) -> bool:
    """Return whether a string is a time of RFC 3339, in the future."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return False
    return time.tzinfo is not None and time > datetime.now(UTC)


def exercise_4() -> Iterator[Finding]:
    """A site that sends its certificate without the one that signed it."""
    yield from check_site("09.4", check_chain)


def check_chain(api: Api, site: HttpsSite) -> Iterator[Finding]:
    """Check that a client with the root certificate accepts both names."""
    for name in (DOMAIN, WWW):
        error = find_tls_error(api, f"https://{name}/health")
        note = f" ({error})" if error else ""
        text = f"A client that trusts the root certificate accepts {name}."
        yield Finding(not error, f"{text}{note}")
    api.verify = True  # only the authorities that browsers trust, too
    refused = bool(find_tls_error(api, "/health"))
    yield Finding(refused, "A client that does not trust it still refuses.")


def exercise_5() -> Iterator[Finding]:
    """A site that only serves its own names."""
    yield from check_site("09.5", check_names)


def check_names(api: Api, site: HttpsSite) -> Iterator[Finding]:
    """Check to which names the site responds, in the handshake and in the request."""
    for what, name in (("the name other.example", "other.example"), ("no name", None)):
        shown = shake_hands(site.https_port, name)
        text = f"A client that asks for {what} gets no certificate."
        yield Finding(not shown, text)
    reply = api.get("/stores", headers={"Host": "other.example"})
    ok = reply.status_code in range(400, 500)
    note = "" if ok else f" (The response is {reply.status_code}.)"
    text = "A request for other.example, after a handshake for stores.example, fails."
    yield Finding(ok, f"{text}{note}", reply)
    ok, note = expect(api.get("/stores"), 200)
    yield Finding(ok, f"https://{DOMAIN}/stores still responds with 200.{note}")
    ok, note = expect(api.get(f"https://{WWW}/stores", allow_redirects=False), 308)
    yield Finding(ok, f"https://{WWW}/stores is still redirected.{note}")
    ok, note = is_json_error(api.get("/none"), 404)
    yield Finding(ok, f"GET /none still responds with 404, in JSON.{note}")

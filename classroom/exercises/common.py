"""What the exercises of several sections have in common."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from textwrap import shorten

from requests import RequestException, Response, Timeout

from classroom.display.html import page_text
from classroom.errors import ServerStartError
from classroom.exercises.copy_server import CopyServer
from classroom.exercises.exercise import find_exercise
from classroom.exercises.failures import find_failures
from classroom.exercises.finding import Finding, Note
from classroom.exercises.printed import read_printed
from classroom.server import Server
from classroom.server.client import Api, ServerGone

# A request to predict: its method, its path and its JSON body, if it has one.
Request = tuple[str, str, object]

# The errors of a check that relies on something missing.
UNEXPECTED = (
    *(RequestException, ArithmeticError, AttributeError),
    *(LookupError, TypeError, ValueError),
)


def check_copy(
    name: str,
    check: Callable[[Api], Iterator[Finding]],
    settings: Mapping[str, object] | None = None,
) -> Iterator[Finding | Note]:
    """Start a student's app of an exercise, and check its responses.

    name: the exercise, such as "03.3"; settings: what to set in app.config.
    check: sends requests to the app, and yields findings.
    """
    start = partial(check_responses, check=check)
    yield from check_server(name, start, settings=settings)


def check_responses(
    server: Server, check: Callable[[Api], Iterator[Finding]]
) -> Iterator[Finding]:
    """Check the responses of a student's app, in a session of its own.

    check: sends requests to the app, and yields findings.
    """
    with server.api() as api:
        yield from check(api)


def check_server(
    name: str,
    check: Callable[[Server], Iterator[Finding]],
    first: Callable[[Path], Finding] | None = None,
    settings: Mapping[str, object] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Finding | Note]:
    """Start a student's app of an exercise, and check the server.

    name: the exercise; check: yields findings about the server.
    first: checks the folder of the app, before the app is started.
    settings: what to set in app.config; variables: more environment variables.
    """
    copy = find_exercise(name).own_folder
    done = copy.exists()
    yield Finding(done, f'You have the files: start_exercise("{name}") makes them.')
    if done and first is not None:
        found = first(copy)
        done = found.done
        yield found
    if not done:
        return
    try:
        with CopyServer(copy, settings, variables) as server:
            yield from explain_errors(server, check(server))
    except ServerStartError as error:
        [why, *_] = find_failures(copy.resolve(), error.output) or [error.what]
        yield Finding(False, f"Your copy {error.failure}: {why}")


def explain_errors(
    server: CopyServer, findings: Iterator[Finding]
) -> Iterator[Finding | Note]:
    """Yield findings, then why the student's code fails, and what it has printed."""
    try:
        for finding in findings:
            yield replace(finding, reply=server.last_reply())
    except Timeout:
        yield Finding(False, server.describe_wait())
    except ServerGone:
        yield Finding(False, "Your code closes the connection without a response.")
    except UNEXPECTED:
        reply = server.history[-1]
        request = f"{reply.request.method} {reply.request.path_url}"
        yield Finding(
            False, f"{request} does not respond as expected.{describe(reply)}", reply
        )
    output = server.output()
    for failure in find_failures(server.folder, output):
        yield Finding(False, f"Your code fails: {failure}")
    if printed := read_printed(output):
        yield Note("Your code has printed:", printed)


def expect(reply: Response, status: int, body: object = None) -> tuple[bool, str]:
    """Return whether a response is as expected, and a note on it if it is not.

    body: the expected JSON; None if it does not matter.
    """
    vars(reply)["expected"] = (status, body)  # see expectation()
    if reply.status_code == status and body in (None, read_body(reply)):
        return True, ""
    return False, describe(reply)


def expectation(reply: Response) -> tuple[int, object] | None:
    """Return the status and the JSON that expect() has compared a response with."""
    found: tuple[int, object] | None = vars(reply).get("expected")
    return found


def read_body(reply: Response) -> object:
    """Return the JSON of a response, or its text if it is not JSON."""
    try:
        return reply.json()
    except ValueError:
        return reply.text


def describe(reply: Response) -> str:
    """Return a note on a response that is not as expected."""
    if reply.status_code == 500:  # its body says nothing: see explain_errors()
        return " (The response is 500)"
    received = read_body(reply)
    if isinstance(received, str):
        received = page_text(received)
    hint = "" if received else ": does the view return something?"
    shown = shorten(str(received), 100, placeholder=" …")
    return f" (The response is {reply.status_code}, {shown}{hint})"


def check_answers(
    answers: Mapping[str, object], correct: Mapping[str, object]
) -> Iterator[Finding]:
    """Compare a student's predictions with the correct ones.

    A correct value is only shown once the student has predicted it.
    """
    for name, value in correct.items():
        answer = answers.get(name)
        guess = "no answer yet" if answer is None else f"not {answer!r}"
        done = answer == value
        yield Finding(done, f"{name}: {value if done else guess}")


def find_statuses(api: Api, requests: dict[str, Request]) -> dict[str, int]:
    """Send requests, one after the other, and return the status that each got."""
    return {
        name: api.request(method, path, json=body).status_code
        for name, (method, path, body) in requests.items()
    }


def log_in(api: Api, username: str = "ana") -> None:
    """Log in as the demo user; from now on, the session sends the token."""
    login = {"username": username, "password": "open-sesame"}
    token = api.post("/login", json=login).json()["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"

"""What the exercises of several sections have in common."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from requests import Response

from classroom.errors import ServerStartError, find_error
from classroom.exercises.finding import Finding
from classroom.sections import find_section, own_copy
from classroom.server import Server
from classroom.server.client import Api

# A request to predict: its method, its path and its JSON body, if it has one.
Request = tuple[str, str, object]

# Seconds that a student's copy may take to respond, since its code may be blocked.
TIMEOUT = 10.0


def check_copy(
    number: str, check: Callable[[Api], Iterator[Finding]]
) -> Iterator[Finding]:
    """Start a student's copy of a section, and check its responses.

    number: the section; check: sends requests to the copy, and yields findings.
    """
    yield from check_server(number, lambda server: check_responses(server, check))


def check_responses(
    server: Server, check: Callable[[Api], Iterator[Finding]]
) -> Iterator[Finding]:
    """Check the responses of a student's copy, and name the line where its code fails.

    check: sends requests to the copy, and yields findings.
    """
    with server.api() as api:
        api.timeout = TIMEOUT
        yield from check(api)
        if any(reply.status_code == 500 for reply in api.history):
            error = find_error(server.folder, server.output())
            yield Finding(False, f"Your code fails: {error}")


def check_server(
    number: str,
    check: Callable[[Server], Iterator[Finding]],
    first: Callable[[Path], Finding] | None = None,
) -> Iterator[Finding]:
    """Start a student's copy of a section, and check the server.

    number: the section; check: yields findings about the server.
    first: checks the copy's folder, before the copy is started.
    """
    copy = own_copy(find_section(number))
    done = copy.exists()
    yield Finding(done, f'You have a copy: copy_section("{number}") makes it.')
    if done and first is not None:
        found = first(copy)
        done = found.done
        yield found
    if not done:
        return
    try:
        with Server(copy) as server:
            yield from check(server)
    except ServerStartError as error:
        place = f", in {error.place}" if error.place else ""
        yield Finding(False, f"Your copy {error.failure}{place}: {error.what}")


def expect(reply: Response, status: int, body: object = None) -> tuple[bool, str]:
    """Return whether a response is as expected, and a note on it if it is not.

    body: the expected JSON; None if it does not matter.
    """
    try:
        received = reply.json()
    except ValueError:
        received = reply.text
    if reply.status_code == status and body in (None, received):
        return True, ""
    return False, f" (The response is {reply.status_code}, {str(received)[:100]})"


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


def log_in(api: Api) -> None:
    """Log in as ana; from now on, the session sends her token."""
    login = {"username": "ana", "password": "open-sesame"}
    token = api.post("/login", json=login).json()["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"

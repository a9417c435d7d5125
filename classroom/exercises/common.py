"""What the exercises of several sections have in common."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from requests import Response

from classroom.errors import ServerStartError, find_error
from classroom.exercises.copy_server import CopyServer
from classroom.exercises.exercise import find_exercise
from classroom.exercises.finding import Finding
from classroom.server import Server
from classroom.server.client import Api

# A request to predict: its method, its path and its JSON body, if it has one.
Request = tuple[str, str, object]

# Seconds that a student's copy may take to respond, since its code may be blocked.
TIMEOUT = 10.0


def check_copy(
    name: str,
    check: Callable[[Api], Iterator[Finding]],
    settings: Mapping[str, object] | None = None,
) -> Iterator[Finding]:
    """Start a student's app of an exercise, and check its responses.

    name: the exercise, such as "03.3"; settings: what to set in app.config.
    check: sends requests to the app, and yields findings.
    """
    start = partial(check_responses, check=check)
    yield from check_server(name, start, settings=settings)


def check_responses(
    server: Server, check: Callable[[Api], Iterator[Finding]]
) -> Iterator[Finding]:
    """Check the responses of a student's app, and name the line where its code fails.

    check: sends requests to the app, and yields findings.
    """
    with server.api() as api:
        api.timeout = TIMEOUT
        yield from check(api)
        if any(reply.status_code == 500 for reply in api.history):
            error = find_error(server.folder, server.output())
            yield Finding(False, f"Your code fails: {error}")


def check_server(
    name: str,
    check: Callable[[Server], Iterator[Finding]],
    first: Callable[[Path], Finding] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Iterator[Finding]:
    """Start a student's app of an exercise, and check the server.

    name: the exercise; check: yields findings about the server.
    first: checks the folder of the app, before the app is started.
    settings: what to set in app.config.
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
        with CopyServer(copy, settings=settings) as server:
            for finding in check(server):
                yield replace(finding, reply=server.last_reply())
    except ServerStartError as error:
        place = f", in {error.place}" if error.place else ""
        yield Finding(False, f"Your copy {error.failure}{place}: {error.what}")


def expect(reply: Response, status: int, body: object = None) -> tuple[bool, str]:
    """Return whether a response is as expected, and a note on it if it is not.

    body: the expected JSON; None if it does not matter.
    """
    vars(reply)["expected"] = (status, body)  # see expectation()
    try:
        received = reply.json()
    except ValueError:
        received = reply.text
    if reply.status_code == status and body in (None, received):
        return True, ""
    return False, f" (The response is {reply.status_code}, {str(received)[:100]})"


def expectation(reply: Response) -> tuple[int, object] | None:
    """Return the status and the JSON that expect() has compared a response with."""
    found: tuple[int, object] | None = vars(reply).get("expected")
    return found


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

"""What the exercises of several sections have in common."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from requests import Response

from classroom.errors import ServerStartError, find_error
from classroom.exercises.finding import Finding
from classroom.sections import find_section, own_copy
from classroom.server import Server
from classroom.server.client import Api

# A request to predict: its verb, its path and its JSON body, if it has one.
Request = tuple[str, str, object]

# Seconds that a student's copy may take to answer: one that waits for itself, say for a
# lock that it has, is not waited for.
PATIENCE = 10.0


def look_at_copy(
    number: str, look: Callable[[Api], Iterator[Finding]]
) -> Iterator[Finding]:
    """Start a student's copy of a section, and look at what it answers.

    number: the section; look: yields what it finds, asking the copy.
    """
    yield from look_at_server(number, lambda server: ask(server, look))


def ask(server: Server, look: Callable[[Api], Iterator[Finding]]) -> Iterator[Finding]:
    """Look at what a student's copy answers, and where its code fails.

    look: yields what it finds, asking the copy.
    """
    with server.api() as api:
        api.timeout = PATIENCE
        yield from look(api)
        if any(reply.status_code == 500 for reply in api.history):
            error = find_error(server.folder, server.output())
            yield Finding(False, f"Your code fails: {error}")


def look_at_server(
    number: str,
    look: Callable[[Server], Iterator[Finding]],
    first: Callable[[Path], Finding] | None = None,
) -> Iterator[Finding]:
    """Start a student's copy of a section, and look at what is in its database, too.

    number: the section; look: yields what it finds, given the server.
    first: looks for something in the copy's folder, without which there is no need to
        start it.
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
            yield from look(server)
    except ServerStartError as problem:
        where = f", in {problem.place}" if problem.place else ""
        yield Finding(False, f"Your copy {problem.trouble}{where}: {problem.what}")


def expect(reply: Response, status: int, body: object = None) -> tuple[bool, str]:
    """Return whether an answer is as it should be; and if not, what it is.

    body: what its JSON should be; None if it does not matter.
    """
    try:
        came = reply.json()
    except ValueError:
        came = reply.text
    if reply.status_code == status and body in (None, came):
        return True, ""
    return False, f" (It answered {reply.status_code}, {str(came)[:100]})"


def look_at_answers(
    answers: Mapping[str, object], right: Mapping[str, object]
) -> Iterator[Finding]:
    """Compare what a student has predicted with what was found.

    What is right is only told to those who have found it.
    """
    for name, found in right.items():
        answer = answers.get(name)
        guess = "no answer yet" if answer is None else f"not {answer!r}"
        done = answer == found
        yield Finding(done, f"{name}: {found if done else guess}")


def find_statuses(api: Api, requests: dict[str, Request]) -> dict[str, int]:
    """Send requests, one after the other, and return the status that each got."""
    return {
        name: api.request(verb, path, json=body).status_code
        for name, (verb, path, body) in requests.items()
    }


def log_in(api: Api) -> None:
    """Log in as ana, and have the session send her token from now on."""
    login = {"username": "ana", "password": "open-sesame"}
    token = api.post("/login", json=login).json()["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"

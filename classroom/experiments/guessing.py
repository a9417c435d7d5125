"""Guess a password until no worker of a server tests another guess."""

from concurrent.futures import ThreadPoolExecutor

from classroom.errors import UserError
from classroom.server.client import Api

CLIENTS = 8  # more than workers, so that each worker receives some of the requests
ROUNDS = 20  # of guesses that are all refused: then every worker has refused some
MOST = 100  # rounds


def guess_until_refused(api: Api, username: str) -> int:
    """Send wrong passwords until every one is refused; return how many were tested.

    api: the session; username: the user whose password is guessed.

    Raises UserError if the guesses are never refused.
    """
    guess = {"username": username, "password": "not this one"}
    tested = refused = 0
    for _ in range(MOST):
        # Each request has a connection of its own, so that any worker may take it.
        with ThreadPoolExecutor(CLIENTS) as clients:
            statuses = list(
                clients.map(log_in, [api.base_url] * CLIENTS, [guess] * CLIENTS)
            )
        tested += sum(status != 429 for status in statuses)
        refused = refused + 1 if set(statuses) == {429} else 0
        if refused == ROUNDS:
            return tested
    raise UserError("This server does not limit how often a password is guessed.")


def log_in(base_url: str, login: dict[str, str]) -> int:
    """Log in over a new connection, and return the status of the response."""
    with Api(base_url) as client:
        status: int = client.post("/login", json=login).status_code
    return status

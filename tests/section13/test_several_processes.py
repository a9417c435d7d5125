"""As in production: PostgreSQL, two processes of gunicorn, and requests at once."""

import os

import pytest

from classroom.sections import find_section
from classroom.server import Server

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn"),
    pytest.mark.xdist_group("section13"),  # they share the mailbox
]

COOKIE = "refresh_token_cookie"


@pytest.fixture(scope="module")
def server(new_database, mailbox):
    """The server, with several processes that answer requests and send mail."""
    url = new_database().replace("postgres://", "postgresql+psycopg://", 1)
    settings = {"SQLALCHEMY_DATABASE_URI": url, "MAIL_PORT": mailbox.port}
    with Server(find_section("13").folder, settings=settings, workers=2) as server:
        yield server


@pytest.fixture
def send(server, user):
    """A function that sends a request of the user, in a connection of its own."""
    headers = dict(user.api.headers)

    def send(method, path, **options):
        with server.api() as api:
            options["headers"] = headers | options.get("headers", {})
            return api.request(method, path, **options)

    return send


@pytest.mark.parametrize("word, answer, box", [(1, "the coffee", 2), (2, "wrong", 1)])
def test_answers_at_once_count_once(send, at_once, word, answer, box):
    path, body = f"/api/words/{word}/answers", {"answer": answer}

    replies = at_once(6, lambda n: send("POST", path, json=body).json())

    assert sorted(reply["counted"] for reply in replies) == [False] * 5 + [True]
    assert {reply["box"] for reply in replies} == {box}
    boxes = send("GET", "/api/progress").json()["boxes"]
    assert [each["box"] for each in boxes if each["words"]] == [box]
    lists = send("GET", "/api/lists").json()["lists"]
    assert [lists[0]["due"], lists[1]["due"]] == [23, 22]


def test_refreshes_at_once_stay_logged_in(send, user, at_once):
    headers = {"Cookie": f"{COOKIE}={user.api.cookies[COOKIE]}"} | user.csrf

    replies = at_once(5, lambda n: send("POST", "/api/auth/refresh", headers=headers))

    assert [reply.status_code for reply in replies] == [200] * 5
    last = {"Cookie": f"{COOKIE}={replies[0].cookies[COOKIE]}"} | user.csrf
    assert send("POST", "/api/auth/refresh", headers=last).status_code == 200


def test_registrations_at_once_are_one_user(server, mailbox, new_email, at_once):
    email = new_email()

    def register(number):
        new = {"name": f"María {number}", "email": email, "password": "correct horse"}
        with server.api() as api:
            return api.post("/api/users", json=new).status_code

    assert at_once(4, register) == [202] * 4
    mailbox.wait_for(email, 4)
    ids = {message["headers"]["Message-ID"] for message in mailbox.messages(email)}
    assert len(ids) == 4


def test_each_mail_is_sent_once_by_several_processes(
    server, mailbox, new_email, at_once
):
    addresses = [new_email() for _ in range(6)]

    def register(number):
        new = {"name": "María", "email": addresses[number], "password": "a password"}
        with server.api() as api:
            return api.post("/api/users", json=new).status_code

    assert at_once(6, register) == [202] * 6
    for address in addresses:
        mailbox.wait_for(address)
    assert [len(mailbox.messages(address)) for address in addresses] == [1] * 6


def test_user_is_deleted_with_all_data(send, user):
    added = send("POST", "/api/lists", json={"name": "Mine"}).headers["Location"]
    word = {"spanish": "sí", "english": "yes"}
    path = send("POST", f"{added}/words", json=word).headers["Location"]
    send("POST", f"{path}/answers", json={"answer": "yes"})

    assert send("DELETE", f"/api/users/{user.id}").status_code == 204
    assert send("GET", "/api/progress").status_code == 401

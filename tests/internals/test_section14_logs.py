"""The logs of section 14: JSON lines with request ids; and its gunicorn."""

import json
import os
import socket
import threading
from urllib.parse import quote, urlsplit

import pytest
import requests
from werkzeug.serving import make_server

from classroom.sections import find_section
from classroom.server import Server

ANA = {"username": "ana", "password": "open-sesame"}
HEROKU_ID = "30f14c6c1fc85cba12bfd093aa8f90e3"
SECRETS = ["open-sesame", "in-the-query", "in-a-header", "in-the-body"]


@pytest.fixture
def log(capsys):
    """A function that returns the lines that were logged since its last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def start(make_app, log):
    """A function that makes the app, for which pytest then reads sys.stdout.

    Between the fixtures and the test itself, pytest replaces sys.stdout.
    """

    def make_and_empty_log():
        app = make_app("14")
        log()  # flask init-db logs, too
        return app

    return make_and_empty_log


def test_request_is_one_line_of_json(start, log):
    headers = {"X-Request-ID": HEROKU_ID}

    reply = start().test_client().get("/none?token=in-the-query", headers=headers)

    [line] = log()
    assert reply.headers["X-Request-ID"] == HEROKU_ID
    assert line.pop("milliseconds") > 0
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "levelname": "INFO",
        "name": "app",
        "message": "GET /none 404",
        "method": "GET",
        "path": "/none",
        "status": 404,
        "client": "127.0.0.1",
        "request_id": HEROKU_ID,
    }


@pytest.mark.parametrize("given", ["", "short", "x" * 201, f"{HEROKU_ID} forged=1"])
def test_invalid_request_id_is_replaced(start, log, given):
    reply = start().test_client().get("/health", headers={"X-Request-ID": given})

    [line] = log()
    assert len(line["request_id"]) == 36
    assert reply.headers["X-Request-ID"] == line["request_id"] != given


def test_log_has_no_secrets(start, capsys):
    client = start().test_client()
    headers = {"Authorization": "Bearer in-a-header", "Cookie": "x=in-a-header"}
    user = {"username": "maria", "password": "in-the-body"}

    client.post("/login?password=in-the-query", json=ANA)
    client.post("/register", json=user, headers=headers)
    client.delete("/item/Chair?token=in-the-query", headers=headers)

    output = "".join(capsys.readouterr())
    assert len(output.splitlines()) == 3
    assert [secret for secret in SECRETS if secret in output] == []


@pytest.mark.parametrize(
    "name", ['a\n{"forged": 1}', "a\r\nb", "\x1b[2J", "日本の店", "a\u2028b", '"\\']
)
def test_unusual_names_stay_in_one_line(start, log, name):
    start().test_client().get(f"/item/{quote(name)}")

    [line] = log()
    assert line["path"] == f"/item/{name}"


def test_exception_is_one_line_too(start, load, log, monkeypatch):
    app = start()
    monkeypatch.delattr(load("14", "models").ItemModel, "find_page")

    reply = app.test_client().get("/items")

    error, line = log()
    assert reply.status_code == line["status"] == 500
    assert reply.headers["X-Request-ID"] == line["request_id"]
    assert error["levelname"] == "ERROR"
    assert "Traceback" in error["exc_info"]
    assert "AttributeError" in error["exc_info"]


def test_development_server_adds_no_line(start, log, caplog):
    server = make_server("127.0.0.1", 0, start())  # as flask run does
    thread = threading.Thread(target=server.handle_request)
    thread.start()

    requests.get(f"http://127.0.0.1:{server.port}/items?token=in-the-query", timeout=30)

    thread.join()
    server.server_close()
    assert [line["path"] for line in log()] == ["/items"]
    assert "in-the-query" not in caplog.text


@pytest.fixture(scope="module")
def gunicorn():
    """A server of gunicorn with one worker."""
    if os.name == "nt":
        pytest.skip("gunicorn does not run on Windows")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUNICORN_CMD_ARGS", "--access-logfile -")  # as Heroku does
        with Server(find_section("14").folder, workers=1) as server:
            yield server


def test_gunicorn_adds_no_line_and_logs_in_json(gunicorn):
    with gunicorn.api() as api:
        api.get("/items?token=in-the-query")

    output = gunicorn.output()
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["status"] for line in lines if line.get("path") == "/items"] == [200]
    assert "gunicorn.error" in {line["name"] for line in lines}
    assert "in-the-query" not in output


@pytest.mark.parametrize(
    "head",
    [
        b"GET /items?token=in-the-query",
        b"GET /items?token=in-the-query'\xff HTTP/1.1",
        b"GET /items HTTP/1.1\r\nAuthorization Bearer in-a-header",
    ],
)
def test_gunicorn_logs_no_secrets_of_a_request_that_it_cannot_read(gunicorn, head):
    where = urlsplit(gunicorn.address)
    before = len(gunicorn.output())
    with socket.create_connection((where.hostname, where.port), timeout=30) as client:
        client.sendall(head + b"\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 400 ")

    added = gunicorn.output()[before:]
    assert "Invalid request from ip=127.0.0.1: Invalid HTTP" in added
    assert [secret for secret in SECRETS if secret in added] == []


def test_gunicorn_passes_long_urls_to_the_app(gunicorn):
    with gunicorn.api() as api:
        reply = api.get("/" + 8000 * "x")

    assert reply.status_code == 404
    assert reply.json()["message"]


def test_connection_works_after_a_body_that_was_not_read(gunicorn):
    big = b'{"nonsense": "%s"}' % (b"x" * 1_200_000)
    headers = {"Content-Type": "application/json"}
    with gunicorn.api() as api:
        for _ in range(10):
            too_big = api.post("/login", data=big, headers=headers)
            no_token = api.post("/item/x", data=big[:200_000], headers=headers)

            assert (too_big.status_code, no_token.status_code) == (413, 401)

"""What section 07 does so that it can be left alone in production."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from urllib.parse import quote

import pytest
import requests
from flask import request, url_for
from werkzeug.serving import make_server

from classroom.sections import find_section
from classroom.server.launch import make_environment

FOLDER = find_section("07").folder
KEY = "a key of the production, 32 characters or more"
DEVELOPMENT_KEY = "for development only, since everybody can read it here"
ANA = {"username": "ana", "password": "open-sesame"}
HEROKU_ID = "30f14c6c1fc85cba12bfd093aa8f90e3"
SECRETS = ["open-sesame", "in-the-query", "in-a-header", "in-the-body"]

needs_gunicorn = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")


@pytest.fixture
def production(load, monkeypatch, tmp_path):
    """The environment of an app in production, where all is as it should be."""
    monkeypatch.setenv("DYNO", "web.1")
    monkeypatch.setenv("FLASK_JWT_SECRET_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'production.sqlite3'}")


@pytest.fixture
def log(capsys):
    """A function that returns the lines that were logged since it was last called."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


# Settings


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("FLASK_JWT_SECRET_KEY", None, "This makes one: python -c"),
        ("FLASK_JWT_SECRET_KEY", "", "This makes one: python -c"),
        ("FLASK_JWT_SECRET_KEY", "x" * 31, "32 characters or more"),
        ("FLASK_JWT_SECRET_KEY", "12345", "32 characters or more"),
        ("FLASK_JWT_SECRET_KEY", DEVELOPMENT_KEY, "FLASK_JWT_SECRET_KEY must be"),
        ("DATABASE_URL", None, "heroku addons:create heroku-postgresql"),
        ("DATABASE_URL", "", "DATABASE_URL must say where the database is"),
    ],
)
@pytest.mark.parametrize("where", [("DYNO", "web.1"), ("FLASK_PRODUCTION", "true")])
def test_production_refuses_to_start_with(
    production, load, monkeypatch, where, name, value, advice
):
    monkeypatch.delenv("DYNO")
    monkeypatch.setenv(*where)
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    create_app = load("07", "app").create_app

    with pytest.raises(RuntimeError, match=advice):
        create_app()


@pytest.mark.parametrize("truth", ["true", "1", "yes", "True", "0", ""])
def test_whatever_production_is_set_to_is_production(
    production, load, monkeypatch, truth
):
    """What is unclear is taken for production, where no secret is known to all."""
    monkeypatch.delenv("DYNO")
    monkeypatch.setenv("FLASK_PRODUCTION", truth)
    monkeypatch.delenv("FLASK_JWT_SECRET_KEY")
    create_app = load("07", "app").create_app

    with pytest.raises(RuntimeError, match="FLASK_JWT_SECRET_KEY must be"):
        create_app()


def test_production_can_be_said_to_be_false(make_app, monkeypatch):
    monkeypatch.setenv("FLASK_PRODUCTION", "false")

    app = make_app("07")

    assert app.config["JWT_SECRET_KEY"] == DEVELOPMENT_KEY
    assert app.config["TRUSTED_PROXIES"] == 0


def test_heroku_is_production_whatever_else_is_said(production, load, monkeypatch):
    monkeypatch.setenv("FLASK_PRODUCTION", "false")
    monkeypatch.delenv("FLASK_JWT_SECRET_KEY")
    create_app = load("07", "app").create_app

    with pytest.raises(RuntimeError, match="FLASK_JWT_SECRET_KEY must be"):
        create_app()


def test_production_starts_with_a_key_and_a_database(production, load):
    app = load("07", "app").create_app()

    assert app.config["JWT_SECRET_KEY"] == KEY
    assert app.test_client().get("/health").status_code == 200


@pytest.mark.parametrize(
    "command",
    [
        ["flask", "db", "upgrade"],
        pytest.param(["gunicorn", "app:create_app()"], marks=needs_gunicorn),
    ],
    ids=lambda command: command[0],
)
def test_commands_of_the_procfile_say_what_is_missing(command):
    assert " ".join(command) in (FOLDER / "Procfile").read_text().replace("'", "")
    environment = make_environment({}) | {"DYNO": "release.1"}

    done = subprocess.run(
        [sys.executable, "-P", "-m", *command],
        cwd=FOLDER,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
    )

    assert done.returncode != 0
    assert "FLASK_JWT_SECRET_KEY must be a secret" in done.stdout + done.stderr


@needs_gunicorn
def test_gunicorn_is_set_up_as_its_file_says(load, monkeypatch):
    from gunicorn.app.wsgiapp import WSGIApplication

    load("07", "config")  # which that file imports
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("PORT", "5678")
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    words = ["--config", str(FOLDER / "gunicorn.conf.py"), "--graceful-timeout", "7"]
    monkeypatch.setattr(sys, "argv", ["gunicorn", *words, "app"])

    settings = WSGIApplication().cfg.settings

    wanted = {
        "bind": ["0.0.0.0:5678"],
        "workers": 3,
        "worker_class": "gthread",
        "threads": 4,
        "preload_app": True,
        "timeout": 30,
        "graceful_timeout": 7,  # the command line has the last word
        "keepalive": 95,
        "max_requests": 10000,
        "max_requests_jitter": 1000,
    }
    assert {name: settings[name].get() for name in wanted} == wanted


def test_development_needs_nothing_from_outside(load, tmp_path):
    """A copy of the folder makes its database beside app.py, and only once."""
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("instance"))
    app = load(folder, "app").create_app()

    for _ in range(2):
        result = app.test_cli_runner().invoke(args=["init-db"])

    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    assert result.exit_code == 0
    assert "The database is ready: sqlite:///" in result.output
    with closing(sqlite3.connect(folder / "instance" / "shop.sqlite3")) as db:
        users = db.execute("SELECT username FROM users").fetchall()
    assert users == [("ana",)]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_database_url_is_taken_as_heroku_writes_it(load, monkeypatch, scheme):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:postgres%3A%2F@127.0.0.1:9/shop")

    app = load("07", "app").create_app()

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    assert (engine.dialect.name, engine.driver) == ("postgresql", "psycopg")
    assert engine.url.database == "shop"
    assert engine.url.password == "postgres:/"


def test_pool_has_a_connection_for_each_thread(make_app, load):
    app = make_app("07")

    with app.app_context():
        pool = app.extensions["sqlalchemy"].engine.pool
    threads = load("07", "config").THREADS
    assert (pool.size(), pool._max_overflow) == (threads, 0)
    assert pool._pre_ping


def test_there_is_no_known_user_in_production(production, make_app):
    client = make_app("07").test_client()

    assert client.post("/login", json=ANA).status_code == 401


def test_init_db_shows_no_password(make_app, new_database):
    url = new_database().replace("postgres://", "postgresql+psycopg://", 1)
    app = make_app("07", SQLALCHEMY_DATABASE_URI=url)

    result = app.test_cli_runner().invoke(args=["init-db"])

    assert result.exit_code == 0
    assert "The database is ready: postgresql+psycopg://app:***@" in result.output


# What the router says


@pytest.fixture
def ask(make_app):
    """A function that returns what the app knows of a client and of itself."""

    def make_and_ask(**headers):
        app = make_app("07")

        @app.get("/where")
        def where():
            url = url_for("health.Health", _external=True)
            return {"client": request.remote_addr, "url": url}

        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return app.test_client().get("/where", headers=headers).json

    return make_and_ask


@pytest.mark.parametrize(
    "forwarded", ["1.2.3.4", "6.6.6.6, 1.2.3.4", "evil, 6.6.6.6,1.2.3.4"]
)
def test_production_believes_the_last_hop_only(production, ask, forwarded):
    known = ask(X_Forwarded_For=forwarded, X_Forwarded_Proto="https")

    assert known == {"client": "1.2.3.4", "url": "https://localhost/health"}


def test_production_does_not_believe_another_host(production, ask):
    known = ask(X_Forwarded_Host="evil.example", X_Forwarded_Prefix="/evil")

    assert known == {"client": "127.0.0.1", "url": "http://localhost/health"}


def test_development_believes_no_router(ask):
    known = ask(X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https")

    assert known == {"client": "127.0.0.1", "url": "http://localhost/health"}


# The log


def test_request_is_one_line_of_json(make_app, log):
    app = make_app("07")
    log()

    reply = app.test_client().get("/item/none", headers={"X-Request-ID": HEROKU_ID})

    [line] = log()
    assert reply.headers["X-Request-ID"] == HEROKU_ID
    assert line.pop("milliseconds") > 0
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "levelname": "INFO",
        "name": "app",
        "message": "GET /item/none 404",
        "method": "GET",
        "path": "/item/none",
        "status": 404,
        "client": "127.0.0.1",
        "request_id": HEROKU_ID,
    }


def test_log_has_no_secrets(make_app, capsys):
    client = make_app("07").test_client()
    headers = {"Authorization": "Bearer in-a-header", "Cookie": "x=in-a-header"}
    user = {"username": "maria", "password": "in-the-body"}
    capsys.readouterr()

    client.post("/login?password=in-the-query", json=ANA)
    client.post("/register", json=user, headers=headers)
    client.delete("/item/Chair?token=in-the-query", headers=headers)

    output = "".join(capsys.readouterr())
    assert len(output.splitlines()) == 3
    assert [secret for secret in SECRETS if secret in output] == []


@pytest.mark.parametrize(
    "name", ['a\n{"forged": 1}', "a\r\nb", "\x1b[2J", "日本の店", "a\u2028b", '"\\']
)
def test_odd_names_stay_in_one_line(make_app, log, name):
    app = make_app("07")
    log()

    app.test_client().get(f"/item/{quote(name)}")

    [line] = log()
    assert line["path"] == f"/item/{name}"


def test_mistake_of_ours_is_one_line_too(make_app, load, log, monkeypatch):
    app = make_app("07")
    monkeypatch.delattr(load("07", "models").ItemModel, "find")
    log()

    reply = app.test_client().get("/item/Chair")

    error, line = log()
    assert reply.status_code == line["status"] == 500
    assert reply.headers["X-Request-ID"] == line["request_id"]
    assert error["levelname"] == "ERROR"
    assert "Traceback" in error["exc_info"]
    assert "AttributeError" in error["exc_info"]


def test_development_server_adds_no_line_of_its_own(make_app, log, caplog):
    """Under gunicorn it is the same: see tests/deploy/test_trouble.py."""
    app = make_app("07")
    log()
    server = make_server("127.0.0.1", 0, app)  # as flask run does
    thread = threading.Thread(target=server.handle_request)
    thread.start()

    requests.get(f"http://127.0.0.1:{server.port}/items?token=in-the-query", timeout=30)

    thread.join()
    server.server_close()
    assert [line["path"] for line in log()] == ["/items"]
    assert "in-the-query" not in caplog.text


# A database that does not answer


def make_without_tables(tmp_path):
    """Return settings of a database that nobody has made tables in."""
    return {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}


def make_without_server(tmp_path):
    """Return settings of a database at a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{probe.getsockname()[1]}"
    return {"SQLALCHEMY_DATABASE_URI": f"postgresql+psycopg://u:open-sesame@{where}/x"}


@pytest.mark.parametrize("make", [make_without_tables, make_without_server])
@pytest.mark.parametrize(
    ("verb", "path"),
    [
        *(("GET", "/ready"), ("GET", "/items"), ("GET", "/stores")),
        *(("GET", "/item/x"), ("POST", "/login"), ("POST", "/register")),
    ],
)
def test_without_a_database_routes_answer_503(
    make_app, log, tmp_path, make, verb, path
):
    client = make_app("07", tables=False, **make(tmp_path)).test_client()
    body = ANA if verb == "POST" else None
    log()

    reply = client.open(path, method=verb, json=body)

    assert reply.status_code == 503
    assert reply.json == {
        "message": "The database is not ready. Try again in a moment."
    }
    assert int(reply.headers["Retry-After"]) > 0
    error, line = log()
    assert error["message"].startswith("The database is not ready: ")
    assert line["status"] == 503
    assert "open-sesame" not in str(error)


@pytest.mark.parametrize("make", [make_without_tables, make_without_server])
def test_without_a_database_we_are_in_good_health(make_app, tmp_path, make):
    client = make_app("07", tables=False, **make(tmp_path)).test_client()

    assert client.get("/health").status_code == 200
    assert client.get("/openapi.json").status_code == 200


def test_when_no_connection_is_free_routes_answer_503(make_app):
    options = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0}
    app = make_app("07", SQLALCHEMY_ENGINE_OPTIONS=options)

    with app.app_context():
        with app.extensions["sqlalchemy"].engine.connect():
            reply = app.test_client().get("/items")

    assert reply.status_code == 503
    assert app.test_client().get("/items").status_code == 200

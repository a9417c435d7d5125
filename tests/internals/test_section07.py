"""Section 07 in production: settings, proxies, and failures of the database."""

import os
import runpy
import shutil
import socket
import sqlite3
import sys
from contextlib import closing

import pytest
from flask import request, url_for

from classroom.sections import find_section
from classroom.server.launch import make_environment, run_module

FOLDER = find_section("07").folder
KEY = "a key for production, of 32 characters or more"
DEVELOPMENT_KEY = "for development only, since it is public in this repository"
ANA = {"username": "ana", "password": "open-sesame"}

needs_gunicorn = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")


@pytest.fixture
def production(load, monkeypatch, tmp_path):
    """The environment of an app in production, with all that is required."""
    monkeypatch.setenv("DYNO", "web.1")
    monkeypatch.setenv("FLASK_JWT_SECRET_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'production.sqlite3'}")


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
        ("DATABASE_URL", "", "DATABASE_URL must be the URL of the database"),
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


@pytest.mark.parametrize("value", ["true", "1", "yes", "True", "0", ""])
def test_any_value_but_false_is_production(production, load, monkeypatch, value):
    """An unclear value must not start an app with a key that is public."""
    monkeypatch.delenv("DYNO")
    monkeypatch.setenv("FLASK_PRODUCTION", value)
    monkeypatch.delenv("FLASK_JWT_SECRET_KEY")
    create_app = load("07", "app").create_app

    with pytest.raises(RuntimeError, match="FLASK_JWT_SECRET_KEY must be"):
        create_app()


def test_false_is_development(make_app, monkeypatch):
    monkeypatch.setenv("FLASK_PRODUCTION", "false")

    app = make_app("07")

    assert app.config["JWT_SECRET_KEY"] == DEVELOPMENT_KEY
    assert app.config["TRUSTED_PROXIES"] == 0


def test_heroku_is_production_even_if_the_setting_is_false(
    production, load, monkeypatch
):
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
def test_commands_of_the_procfile_name_the_missing_setting(command):
    assert " ".join(command) in (FOLDER / "Procfile").read_text().replace("'", "")
    environment = make_environment({}) | {"DYNO": "release.1"}

    status, output = run_module(command, FOLDER, environment, timeout=30)

    assert status != 0
    assert "FLASK_JWT_SECRET_KEY must be a secret" in output


@needs_gunicorn
def test_gunicorn_reads_its_file_and_then_the_command_line(load, monkeypatch):
    from gunicorn.app.wsgiapp import WSGIApplication

    load("07", "config")  # which that file imports
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("PORT", "5678")
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    options = ["--config", str(FOLDER / "gunicorn.conf.py")]
    options += ["--graceful-timeout", "7"]
    monkeypatch.setattr(sys, "argv", ["gunicorn", *options, "app"])

    settings = WSGIApplication().cfg.settings

    wanted = {
        "bind": ["0.0.0.0:5678"],
        "workers": 3,
        "worker_class": "gthread",
        "threads": 12,
        "preload_app": True,
        "timeout": 30,
        "graceful_timeout": 7,  # the command line overrides the file
    }
    assert {name: settings[name].get() for name in wanted} == wanted


def test_development_needs_no_settings(load, tmp_path):
    """A copy of the folder creates its database beside app.py, and only once."""
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
def test_database_url_can_have_the_form_of_heroku(load, monkeypatch, scheme):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:postgres%3A%2F@127.0.0.1:9/shop")

    app = load("07", "app").create_app()

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    assert (engine.dialect.name, engine.driver) == ("postgresql", "psycopg")
    assert engine.url.database == "shop"
    assert engine.url.password == "postgres:/"


@pytest.mark.parametrize("section", ["07", "11"])
def test_pool_has_fewer_connections_than_there_are_threads(make_app, load, section):
    app = make_app(section)

    with app.app_context():
        pool = app.extensions["sqlalchemy"].engine.pool
    gunicorn = runpy.run_path(str(find_section(section).folder / "gunicorn.conf.py"))
    assert pool.size() + pool._max_overflow == 4
    assert pool.timeout() == 2
    assert gunicorn["threads"] == 12


def test_there_is_no_demo_user_in_production(production, make_app):
    client = make_app("07").test_client()

    assert client.post("/login", json=ANA).status_code == 401


def test_init_db_shows_no_password(make_app, new_database):
    url = new_database().replace("postgres://", "postgresql+psycopg://", 1)
    app = make_app("07", SQLALCHEMY_DATABASE_URI=url)

    result = app.test_cli_runner().invoke(args=["init-db"])

    assert result.exit_code == 0
    assert "The database is ready: postgresql+psycopg://app:***@" in result.output


# Proxies


@pytest.fixture
def ask(make_app):
    """A function that returns which client and which URL of its own the app sees."""

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
def test_production_trusts_the_last_proxy_only(production, ask, forwarded):
    seen = ask(X_Forwarded_For=forwarded, X_Forwarded_Proto="https")

    assert seen == {"client": "1.2.3.4", "url": "https://localhost/health"}


def test_production_does_not_trust_another_host(production, ask):
    seen = ask(X_Forwarded_Host="evil.example", X_Forwarded_Prefix="/evil")

    assert seen == {"client": "127.0.0.1", "url": "http://localhost/health"}


def test_development_trusts_no_proxy(ask):
    seen = ask(X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https")

    assert seen == {"client": "127.0.0.1", "url": "http://localhost/health"}


# A database that does not respond


def make_without_tables(tmp_path):
    """Return settings of a database without tables."""
    return {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}


def make_without_server(tmp_path):
    """Return settings of a database at a port where no server listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{probe.getsockname()[1]}"
    return {"SQLALCHEMY_DATABASE_URI": f"postgresql+psycopg://u:open-sesame@{where}/x"}


@pytest.mark.parametrize("make", [make_without_tables, make_without_server])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/ready"), ("GET", "/items"), ("GET", "/stores")),
        *(("GET", "/item/x"), ("POST", "/login"), ("POST", "/register")),
    ],
)
def test_without_a_database_routes_respond_503(
    make_app, caplog, tmp_path, make, method, path
):
    client = make_app("07", tables=False, **make(tmp_path)).test_client()
    body = ANA if method == "POST" else None

    reply = client.open(path, method=method, json=body)

    assert reply.status_code == 503
    assert reply.json == {
        "message": "The database is not ready. Try again in a few seconds."
    }
    assert int(reply.headers["Retry-After"]) > 0
    [record] = caplog.records
    assert record.getMessage().startswith("The database is not ready: ")
    assert "open-sesame" not in caplog.text


@pytest.mark.parametrize("make", [make_without_tables, make_without_server])
def test_without_a_database_the_process_is_healthy(make_app, tmp_path, make):
    client = make_app("07", tables=False, **make(tmp_path)).test_client()

    assert client.get("/health").status_code == 200
    assert client.get("/openapi.json").status_code == 200


def test_when_no_connection_is_free_routes_respond_503(make_app):
    options = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0}
    app = make_app("07", SQLALCHEMY_ENGINE_OPTIONS=options)

    with app.app_context():
        with app.extensions["sqlalchemy"].engine.connect():
            reply = app.test_client().get("/items")

    assert reply.status_code == 503
    assert app.test_client().get("/items").status_code == 200

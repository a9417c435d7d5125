"""Since section 05: a database that cannot be used is a 503, never a 500."""

import sqlite3
import time
from contextlib import closing

import pytest

from classroom.sections import staircase
from classroom.server.launch import DATABASE

NUMBERS = [s.number for s in staircase() if (s.folder / "db.py").exists()]
ANA = {"username": "ana", "password": "open-sesame"}
MARIA = {"username": "maria", "password": "correct horse"}
READING = [("GET", "/items", None), ("POST", "/login", ANA)]
WRITING = [("POST", "/register", MARIA)]


@pytest.fixture(params=NUMBERS)
def number(request):
    """Each section that has a database, one after the other."""
    return request.param


@pytest.fixture
def app(number, make_app, tmp_path):
    """The app, which has closed its connections, with all its data in one file."""
    app = make_app(number)
    close_connections(app)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return app


def close_connections(app):
    """Close the connections that SQLAlchemy keeps."""
    if "sqlalchemy" in app.extensions:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def make_read_only(file):
    """Claim that a later SQLite wrote the file, so this one only reads it."""
    content = bytearray(file.read_bytes())
    content[18] = 3  # the version of the format
    file.write_bytes(content)


def damage(file):
    """Overwrite all pages but the first."""
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"x" * (len(content) - 4096))


def replace(file):
    """Replace the database by another kind of file."""
    file.write_bytes(b"not a database" * 1000)


def remove(file):
    """Put a folder in the place of the file."""
    file.unlink()
    file.mkdir()


def expect_503(reply):
    """Check the response of a route that needs the database."""
    assert reply.status_code == 503
    assert reply.json == {
        "message": "The database is not ready. Try again in a few seconds."
    }
    assert int(reply.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("breaks", "requests"),
    [
        (make_read_only, WRITING),
        (damage, READING + WRITING),
        (replace, READING + WRITING),
        (remove, READING + WRITING),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_unusable_database_is_503(app, tmp_path, breaks, requests):
    breaks(tmp_path / DATABASE)

    for method, path, body in requests:
        expect_503(app.test_client().open(path, method=method, json=body))
    assert app.test_client().get("/openapi.json").status_code == 200


def test_full_database_is_503(app, monkeypatch):
    connect = sqlite3.connect

    def connect_to_full(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 1")  # as many as it has already
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_to_full)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect_to_full)
    users = [MARIA | {"username": f"{number:080}"} for number in range(50)]
    replies = [app.test_client().post("/register", json=user) for user in users]

    expect_503(next(reply for reply in replies if reply.status_code != 201))


@pytest.mark.parametrize("number", ["05", "06"], indirect=True)
def test_locked_database_is_503_within_ten_seconds(app, tmp_path):
    lock = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    with closing(lock):
        lock.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        reply = app.test_client().post("/register", json=MARIA)
        seconds = time.monotonic() - start
        reads = app.test_client().get("/items")

    expect_503(reply)
    assert seconds < 10
    assert reads.status_code == 200
    assert app.test_client().post("/register", json=MARIA).status_code == 201


BUGS = [
    ("05", "INSERT INTO users (username) VALUES (NULL)"),
    ("05", "SELECT ' FROM users"),
    ("05", "SELECT ?"),
    ("06", "INSERT INTO users (username) VALUES (NULL)"),
    ("06", "SELECT ' FROM users"),
    ("07", "INSERT INTO users (username) VALUES (NULL)"),
    ("11", "INSERT INTO users (username) VALUES (NULL)"),
    ("14", "INSERT INTO users (username) VALUES (NULL)"),
]


@pytest.mark.parametrize(("number", "sql"), BUGS, indirect=["number"])
def test_bug_is_still_a_500(app, number, load, sql):
    @app.get("/bug")
    def bug():
        if number == "05":
            load("05", "db").get_db().execute(sql)
        db = app.extensions["sqlalchemy"]
        db.session.execute(db.text(sql))

    reply = app.test_client().get("/bug")

    assert reply.status_code == 500
    assert list(reply.json) == ["message"]

"""Since section 07: what PostgreSQL does wrong is a 503, never a 500."""

import threading
import time

import psycopg
import pytest

from classroom.sections import staircase
from classroom.server.launch import has_migrations

NUMBERS = [s.number for s in staircase() if has_migrations(s.folder)]
MARIA = {"username": "maria", "password": "correct horse"}
DEADLINE = 10  # seconds


@pytest.fixture(scope="module")
def url(new_database):
    """The URL of a database for the tests of this module."""
    return new_database()


@pytest.fixture
def database(url):
    """A connection of another client."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY CURRENT_USER")
        yield connection


@pytest.fixture(params=NUMBERS)
def app(request, make_app, url, database):
    """The app of each section that uses PostgreSQL."""
    where = url.replace("postgres://", "postgresql+psycopg://", 1)
    return make_app(request.param, SQLALCHEMY_DATABASE_URI=where)


def end_connections(database):
    """End all connections but this one, as a restart of the server does."""
    database.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_read_only_database_is_503(app, database):
    database.execute("ALTER ROLE CURRENT_USER SET default_transaction_read_only = on")
    end_connections(database)
    try:
        reply = app.test_client().post("/register", json=MARIA)
        reads = app.test_client().get("/items")
    finally:
        database.execute("ALTER ROLE CURRENT_USER RESET default_transaction_read_only")
        end_connections(database)

    assert (reply.status_code, reads.status_code) == (503, 200)
    assert reply.headers["Retry-After"]


def test_database_that_stops_after_the_last_query_changes_no_response(app, database):
    db = app.extensions["sqlalchemy"]

    @app.get("/last-query")
    def last_query():
        db.session.execute(db.text("SELECT 1"))
        end_connections(database)
        return {"message": "All is well."}

    reply = app.test_client().get("/last-query")

    assert (reply.status_code, reply.json) == (200, {"message": "All is well."})
    assert app.test_client().get("/items").status_code == 200


def wait_until_blocked(database):
    """Wait until another connection waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    deadline = time.monotonic() + DEADLINE
    while database.execute(query).fetchone() == (0,):
        assert time.monotonic() < deadline


def test_victim_of_a_deadlock_can_try_again(app, database, at_once):
    """A store is deleted, which deletes an item, while that item moves to the store."""
    database.execute("INSERT INTO stores (name) VALUES ('North'), ('South')")
    database.execute(
        "INSERT INTO items (name, price, store_id)"
        " SELECT 'Tea', 1, id FROM stores WHERE name = 'North'"
    )
    db = app.extensions["sqlalchemy"]
    item_is_locked = threading.Event()

    @app.get("/0")
    def move():
        db.session.execute(db.text("UPDATE items SET price = 2"))
        item_is_locked.set()
        wait_until_blocked(database)  # the other request has the store
        to_north = "store_id = (SELECT id FROM stores WHERE name = 'North')"
        db.session.execute(db.text(f"UPDATE items SET {to_north}, name = 'Mint'"))
        db.session.commit()
        return {"message": "It has moved."}

    @app.get("/1")
    def delete():
        item_is_locked.wait()
        db.session.execute(db.text("DELETE FROM stores WHERE name = 'North'"))
        db.session.commit()
        return {"message": "It is deleted."}

    replies = at_once(2, lambda number: app.test_client().get(f"/{number}"))

    assert sorted(reply.status_code for reply in replies) == [200, 503]
    [victim] = [reply for reply in replies if reply.status_code == 503]
    assert victim.headers["Retry-After"]

"""Migrations of section 11: what the shop of section 07 holds is there afterwards."""

from contextlib import suppress

import flask_migrate
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from classroom.server.launch import database_settings

ITEMS = "SELECT id, name, price, store_id FROM items ORDER BY id"


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request, load, tmp_path):
    """The section's SQLAlchemy, with what the shop of section 07 holds."""
    url = database_settings(tmp_path)["SQLALCHEMY_DATABASE_URI"]
    if request.param == "postgresql":
        new_database = request.getfixturevalue("new_database")
        url = new_database().replace("postgres://", "postgresql+psycopg://", 1)
    app = load("11", "app").create_app({"SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        flask_migrate.upgrade(revision="0002")
        run(
            db,
            "INSERT INTO stores (name) VALUES ('North'), ('South')",
            "INSERT INTO items (name, price, store_id)"
            " VALUES ('Chair', 1599, 1), ('Table', 9999999999, 2)",
            "INSERT INTO users (username, password_hash)"
            " VALUES ('ana', 'a hash'), ('bob', 'another')",
        )
        yield db
        db.session.remove()
        db.engine.dispose()


def run(db, *statements):
    """Run SQL statements; return what the last one finds, as a list of tuples."""
    with db.engine.begin() as connection:
        for statement in statements:
            found = connection.execute(sa.text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []


def test_everybody_is_a_user_and_keeps_the_password(db):
    flask_migrate.upgrade()

    found = run(db, "SELECT id, username, password_hash, role FROM users ORDER BY id")
    assert found == [(1, "ana", "a hash", "user"), (2, "bob", "another", "user")]


def test_items_keep_their_stores_and_nobody_knows_who_created_them(db):
    before = run(db, ITEMS)

    flask_migrate.upgrade()

    assert run(db, ITEMS) == before
    assert run(db, "SELECT DISTINCT creator_id, created_at FROM items") == [
        (None, None)
    ]


@pytest.fixture
def today(db):
    """The same database with an admin, who has created an item and is logged in."""
    flask_migrate.upgrade()
    run(
        db,
        "UPDATE users SET role = 'admin' WHERE id = 1",
        "UPDATE items SET creator_id = 1 WHERE id = 1",
        "INSERT INTO logins (id, user_id, refresh_jti, expires_at)"
        " VALUES ('x', 1, 'y', '2030-01-01 00:00:00'),"
        " ('z', 2, 'y', '2030-01-01 00:00:00')",
    )
    return db


@pytest.mark.parametrize("revision", ["0004", "0003", "0002"])
def test_way_back_and_forth_loses_only_what_is_new(today, revision):
    before = run(today, ITEMS)
    users = run(today, "SELECT id, username, password_hash FROM users ORDER BY id")

    flask_migrate.downgrade(revision=revision)
    flask_migrate.upgrade()

    assert run(today, ITEMS) == before
    assert users == run(
        today, "SELECT id, username, password_hash FROM users ORDER BY id"
    )
    assert run(today, "SELECT * FROM logins") == []
    [[role]] = run(today, "SELECT role FROM users WHERE id = 1")
    assert role == ("user" if revision < "0003" else "admin")


def test_deleted_user_takes_logins_along_and_leaves_items(today):
    run(today, "DELETE FROM users WHERE id = 1")

    assert run(today, "SELECT id FROM logins") == [("z",)]
    assert run(today, "SELECT name, creator_id FROM items ORDER BY id") == [
        ("Chair", None),
        ("Table", None),
    ]


WRONG = [
    "UPDATE items SET creator_id = 77",
    "UPDATE users SET role = NULL",
    "INSERT INTO logins (id, user_id, refresh_jti, expires_at)"
    " VALUES ('x', 1, 'y', '2030-01-01 00:00:00')",
    "INSERT INTO logins (id, user_id, refresh_jti, expires_at)"
    " VALUES ('new', 77, 'y', '2030-01-01 00:00:00')",
]


def test_migrated_database_refuses_what_is_wrong(today):
    accepted = []
    for statement in WRONG:
        with suppress(IntegrityError):
            run(today, statement)
            accepted.append(statement)

    assert accepted == []

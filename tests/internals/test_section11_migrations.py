"""Migrations of section 11 keep the data of section 07."""

from contextlib import suppress

import flask_migrate
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from classroom.server.launch import database_settings

ITEMS = "SELECT id, name, price, store_id FROM items ORDER BY id"


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request, load, tmp_path):
    """The section's SQLAlchemy, on a database of section 07 with data."""
    url = database_settings(tmp_path)["SQLALCHEMY_DATABASE_URI"]
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    app = load("11", "app").create_app({"SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        if request.param == "postgresql":
            run(db, "DROP OWNED BY CURRENT_USER")  # as in test_migrations.py
        flask_migrate.upgrade(revision="0002")
        run(
            db,
            "INSERT INTO stores (name) VALUES ('North'), ('South')",
            "INSERT INTO items (name, price, store_id)"
            " VALUES ('Chair', 15.99, 1), ('Table', 99999999.99, 2)",
            "INSERT INTO users (username, password_hash)"
            " VALUES ('ana', 'a hash'), ('bob', 'another')",
        )
        yield db
        db.session.remove()
        db.engine.dispose()


def run(db, *statements):
    """Run SQL statements; return the rows of the last one, as a list of tuples."""
    with db.engine.begin() as connection:
        for statement in statements:
            found = connection.execute(sa.text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []


def test_users_have_the_role_user_and_the_same_password(db):
    flask_migrate.upgrade()

    found = run(db, "SELECT id, username, password_hash, role FROM users ORDER BY id")
    assert found == [(1, "ana", "a hash", "user"), (2, "bob", "another", "user")]


def test_items_are_unchanged_and_their_creators_unknown(db):
    before = run(db, ITEMS)

    flask_migrate.upgrade()

    assert run(db, ITEMS) == before
    assert run(db, "SELECT DISTINCT creator_id, created_at FROM items") == [
        (None, None)
    ]


@pytest.fixture
def upgraded(db):
    """The same database, upgraded, with logins and an admin who created an item."""
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
def test_downgrade_and_upgrade_lose_only_the_new_columns(upgraded, revision):
    before = run(upgraded, ITEMS)
    users = run(upgraded, "SELECT id, username, password_hash FROM users ORDER BY id")

    flask_migrate.downgrade(revision=revision)
    flask_migrate.upgrade()

    assert run(upgraded, ITEMS) == before
    assert users == run(
        upgraded, "SELECT id, username, password_hash FROM users ORDER BY id"
    )
    assert run(upgraded, "SELECT * FROM logins") == []
    [[role]] = run(upgraded, "SELECT role FROM users WHERE id = 1")
    assert role == ("user" if revision < "0003" else "admin")


def test_deleting_a_user_deletes_the_logins_but_not_the_items(upgraded):
    run(upgraded, "DELETE FROM users WHERE id = 1")

    assert run(upgraded, "SELECT id FROM logins") == [("z",)]
    assert run(upgraded, "SELECT name, creator_id FROM items ORDER BY id") == [
        ("Chair", None),
        ("Table", None),
    ]


INVALID = [
    "UPDATE items SET creator_id = 77",
    "UPDATE users SET role = NULL",
    "INSERT INTO logins (id, user_id, refresh_jti, expires_at)"
    " VALUES ('x', 1, 'y', '2030-01-01 00:00:00')",
    "INSERT INTO logins (id, user_id, refresh_jti, expires_at)"
    " VALUES ('new', 77, 'y', '2030-01-01 00:00:00')",
]


def test_upgraded_database_refuses_invalid_rows(upgraded):
    accepted = []
    for statement in INVALID:
        with suppress(IntegrityError):
            run(upgraded, statement)
            accepted.append(statement)

    assert accepted == []

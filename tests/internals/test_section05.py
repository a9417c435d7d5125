"""What section 05 does with its database."""

import ast
import re
import sqlite3
from pathlib import Path

import pytest

from classroom.sections import all_sections

SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA)\b")


@pytest.fixture
def app(make_app):
    return make_app("05")


@pytest.fixture
def models(app, load):
    """The section's models, with a connection to the database."""
    with app.app_context():
        yield load("05", "models")


@pytest.fixture
def connections(load, app, monkeypatch):
    """Every connection that the app opens from now on."""
    db, opened = load("05", "db"), []
    connect = sqlite3.connect

    def record(*arguments, **options):
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(db.sqlite3, "connect", record)
    return opened


def is_closed(connection):
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


def test_request_opens_one_connection_and_closes_it(app, connections):
    app.test_client().get("/item/Chair")

    assert [is_closed(connection) for connection in connections] == [True]


def test_connection_is_closed_when_a_query_fails(app, connections):
    with sqlite3.connect(app.config["DATABASE"]) as other:
        other.execute("DROP TABLE items")
    other.close()
    connections.clear()

    reply = app.test_client().get("/item/Chair")

    assert reply.status_code == 500
    assert [is_closed(connection) for connection in connections] == [True]


def test_request_without_data_opens_no_connection(app, connections):
    app.test_client().get("/openapi.json")

    assert connections == []


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("busy_timeout", 5_000)],
)
def test_connection_is_set_up(app, load, pragma, value):
    with app.app_context():
        [found] = load("05", "db").get_db().execute(f"PRAGMA {pragma}").fetchone()

    assert found == value


def test_put_that_fails_changes_nothing(models, load):
    models.ItemModel.put("Chair", 15.99)
    db = load("05", "db").get_db()

    with pytest.raises(sqlite3.IntegrityError):
        models.ItemModel.put("Chair", -1)  # which the database rejects
    with pytest.raises(sqlite3.IntegrityError):
        models.ItemModel.put("Table", -1)

    assert not db.in_transaction
    assert models.ItemModel.find_all() == [models.ItemModel("Chair", 15.99)]


@pytest.mark.parametrize(
    "insert",
    [
        "INSERT INTO items (name, price) VALUES ('Chair', 1)",
        "INSERT INTO items (name, price) VALUES ('Table', -1)",
        "INSERT INTO items (name, price) VALUES (NULL, 1)",
        "INSERT INTO users (username, password_hash) VALUES ('ana', 'x')",
    ],
)
def test_database_itself_rejects_invalid_rows(models, load, insert):
    models.ItemModel.add("Chair", 15.99)

    with pytest.raises(sqlite3.IntegrityError):
        load("05", "db").get_db().execute(insert)


def test_database_is_beside_the_app_by_default(app, load):
    app.config["DATABASE"] = load("05", "config").DATABASE

    with app.app_context():
        path = load("05", "db").database_path()

    assert path == Path(app.root_path, "instance", "shop.sqlite3")


def find_concatenated_sql(path):
    """Return the lines of a module that make SQL from several strings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = []
        match node:
            case ast.JoinedStr(values=parts):
                pass
            case ast.BinOp(left=left, right=right):
                parts = [left, right]
            case ast.Call(func=ast.Attribute(value=left, attr="format" | "join")):
                parts = [left]
        for part in parts:
            if isinstance(part, ast.Constant) and SQL.match(str(part.value)):
                yield node.lineno


def test_no_sql_is_concatenated(tmp_path):
    for section in all_sections():
        for path in section.folder.rglob("*.py"):
            assert list(find_concatenated_sql(path)) == [], path

    example = tmp_path / "example.py"
    example.write_text('f"SELECT {x}"\n"DELETE FROM " + x\n"INSERT %s" % x\n')
    assert list(find_concatenated_sql(example)) == [1, 2, 3]

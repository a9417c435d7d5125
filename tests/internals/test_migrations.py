"""Migrations: from no tables to those of the models and back, with their rows."""

import filecmp
import itertools
import shutil
from contextlib import contextmanager, suppress

import flask_migrate
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from classroom.errors import ServerStartError
from classroom.sections import find_section, staircase
from classroom.server.launch import (
    database_settings,
    has_migrations,
    make_environment,
    run_flask,
)

# Section 14 has the migrations and tables of section 11, as a test below makes sure.
SECTIONS = [s for s in staircase() if has_migrations(s.folder) and s.number != "14"]


@pytest.fixture(params=SECTIONS, ids=lambda section: section.number)
def section(request):
    """Each section that has migrations, one after the other."""
    return request.param


@pytest.fixture(params=["sqlite", "postgresql"])
def db(section, request, load, tmp_path):
    """The section's SQLAlchemy, with an empty database of each kind."""
    url = database_settings(tmp_path)["SQLALCHEMY_DATABASE_URI"]
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    app = load(section.number, "app").create_app({"SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        if request.param == "postgresql":
            # Emptying a database takes a tenth of the time of creating one.
            run(db, "DROP OWNED BY CURRENT_USER")
        yield db
        db.session.remove()
        db.engine.dispose()


def run(db, *statements):
    """Run SQL statements; return the rows of the last one, as a list of tuples."""
    with db.engine.begin() as connection:
        for statement in statements:
            found = connection.execute(sa.text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []


def describe(db):
    """Return the columns, keys, checks and indexes of all tables.

    Names of foreign keys are left out: on SQLite, most have none. So are defaults, by
    which a migration sets a new column of existing rows; models set their own.
    """
    inspector = sa.inspect(db.engine)
    tables = {}
    for name in set(inspector.get_table_names()) - {"alembic_version"}:
        columns = inspector.get_columns(name)
        keys = inspector.get_foreign_keys(name)
        tables[name] = {
            "columns": {
                c["name"]: {**c, "type": str(c["type"]), "default": None}
                for c in columns
            },
            "primary key": inspector.get_pk_constraint(name),
            "unique": inspector.get_unique_constraints(name),
            "foreign keys": [{**key, "name": None} for key in keys],
            "checks": inspector.get_check_constraints(name),
            "indexes": inspector.get_indexes(name),
        }
        if db.engine.name == "sqlite":
            [[sql]] = run(db, f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
            tables[name]["ids are used once"] = "AUTOINCREMENT" in sql
    return tables


def test_migrations_lead_up_and_down_and_up_again(db):
    flask_migrate.upgrade()
    made = describe(db)

    flask_migrate.downgrade(revision="base")
    gone = describe(db)
    flask_migrate.upgrade()

    assert set(made) >= {"items", "stores", "users"}
    assert gone == {}
    assert describe(db) == made


def test_migrations_make_the_tables_that_the_models_make(db):
    db.create_all()
    by_models = describe(db)
    db.drop_all()

    flask_migrate.upgrade()

    assert describe(db) == by_models


def test_check_finds_no_change_without_a_migration(db):
    flask_migrate.upgrade()

    flask_migrate.check()  # raises SystemExit if there is a difference


@pytest.mark.parametrize("section", [find_section("14")], ids=["14"], indirect=True)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_section_14_has_the_migrations_of_section_11(db, section):
    folder = find_section("11").folder / "migrations"
    names = [str(path.relative_to(folder)) for path in folder.rglob("*.py")]

    assert len(names) == 6
    assert filecmp.cmpfiles(folder, section.folder / "migrations", names) == (
        names,
        [],
        [],
    )
    flask_migrate.upgrade()
    flask_migrate.check()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE items ADD COLUMN colour VARCHAR(20)",
        "CREATE TABLE carts (id INTEGER PRIMARY KEY)",
        "DROP INDEX ix_items_store_id",
    ],
)
def test_check_finds_a_difference(db, change):
    flask_migrate.upgrade()
    run(db, change)

    with pytest.raises(SystemExit):
        flask_migrate.check()


@pytest.fixture
def old_items(db):
    """A database after the first migration, with two items and a user."""
    flask_migrate.upgrade(revision="0001")
    run(
        db,
        "INSERT INTO items (name, price) VALUES ('Chair', 15.99)",
        "INSERT INTO items (name, price) VALUES ('Table', 99999999.99)",
        "INSERT INTO users (username, password_hash) VALUES ('ana', 'a hash')",
    )
    return run(db, "SELECT id, name, price FROM items ORDER BY id")


def test_existing_items_get_a_store(db, old_items):
    flask_migrate.upgrade()

    assert run(db, "SELECT id, name, price FROM items ORDER BY id") == old_items
    [store] = run(db, "SELECT id, name FROM stores")
    assert store[1] == "My Wonderful Store"
    assert run(db, "SELECT DISTINCT store_id FROM items") == [(store[0],)]
    users = run(db, "SELECT username, password_hash FROM users")
    assert users == [("ana", "a hash")]


def test_rows_that_refer_to_a_changed_table_stay(db, old_items):
    """SQLite replaces the table, and dropping the old one must not delete them."""
    run(
        db,
        "CREATE TABLE notes (item_id INTEGER REFERENCES items (id) ON DELETE CASCADE)",
        "INSERT INTO notes VALUES (1)",
    )

    flask_migrate.upgrade()

    assert run(db, "SELECT item_id FROM notes") == [(1,)]


def test_downgrade_keeps_the_items_of_stores(db, old_items):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="0001")

    assert run(db, "SELECT id, name, price FROM items ORDER BY id") == old_items
    assert run(db, "SELECT username FROM users") == [("ana",)]


@contextmanager
def interrupting(engine, after):
    """Raise InterruptedError after so many statements, if there are so many."""
    count = itertools.count(1)

    def interrupt(connection, cursor, statement, *_):
        # The last statement switches foreign keys on again, after the commit.
        if not statement.startswith("PRAGMA") and next(count) == after:
            raise InterruptedError

    sa.event.listen(engine, "after_cursor_execute", interrupt)
    try:
        yield
    finally:
        sa.event.remove(engine, "after_cursor_execute", interrupt)


def test_upgrade_that_was_interrupted_can_be_run_again(db, old_items):
    before, interruptions = describe(db), 0
    for after in itertools.count(1):
        try:
            with interrupting(db.engine, after):
                flask_migrate.upgrade()
            break
        except InterruptedError:
            interruptions += 1
            assert describe(db) == before

    assert interruptions > 5
    assert run(db, "SELECT id, name, price FROM items ORDER BY id") == old_items
    flask_migrate.check()


@pytest.fixture
def copy(tmp_path):
    """A copy of section 07, whose migrations a test can change."""
    return shutil.copytree(find_section("07").folder, tmp_path / "copy")


def end_upgrade_with(file, statement):
    """Add a statement to the end of the function upgrade of a migration."""
    end = "\n\n\ndef downgrade"
    text = file.read_text("utf-8").replace(end, f"\n    {statement}{end}")
    file.write_text(text, "utf-8")


def test_upgrade_that_was_killed_can_be_run_again(copy, tmp_path):
    environment = make_environment(database_settings(tmp_path))
    file = copy / "migrations" / "versions" / "0002_stores.py"
    whole = file.read_bytes()
    end_upgrade_with(file, "__import__('os')._exit(9)")

    with pytest.raises(ServerStartError):
        run_flask(copy, environment, "init-db")
    file.write_bytes(whole)
    output = run_flask(copy, environment, "init-db")

    assert "The database is ready" in output


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_upgrades_at_once_succeed(copy, tmp_path, request, at_once, kind):
    settings = database_settings(tmp_path)
    if kind == "postgresql":
        url = request.getfixturevalue("new_database")()
        url = url.replace("postgres://", "postgresql+psycopg://", 1)
        settings = {"SQLALCHEMY_DATABASE_URI": url}
    file = copy / "migrations" / "versions" / "0001_items_and_users.py"
    end_upgrade_with(file, "__import__('time').sleep(2)")  # so that they overlap
    environment = make_environment(settings)

    outputs = at_once(2, lambda _: run_flask(copy, environment, "init-db"))

    assert sum("Running upgrade" in output for output in outputs) == 1
    assert all("The database is ready" in output for output in outputs)


def test_empty_shop_gets_no_store(db):
    flask_migrate.upgrade()

    assert run(db, "SELECT * FROM stores") == []


@pytest.fixture
def migrated(db, old_items):
    """A database with all migrations, which had rows before there were stores."""
    flask_migrate.upgrade()
    return db


INVALID = [
    "INSERT INTO stores (name) VALUES ('My Wonderful Store')",
    "INSERT INTO stores (name) VALUES (NULL)",
    "INSERT INTO items (name, price, store_id) VALUES ('Chair', 1, 1)",
    "INSERT INTO items (name, price, store_id) VALUES ('new', -1, 1)",
    "INSERT INTO items (name, price, store_id) VALUES ('new', 1, 77)",
    "INSERT INTO items (name, price, store_id) VALUES ('new', 1, NULL)",
    "INSERT INTO items (name, price, store_id) VALUES (NULL, 1, 1)",
    "INSERT INTO users (username, password_hash) VALUES ('ana', 'x')",
]


def test_migrated_database_rejects_invalid_rows(migrated):
    accepted = []
    for statement in INVALID:
        with suppress(IntegrityError):
            run(migrated, statement)
            accepted.append(statement)

    assert accepted == []


def test_deleting_a_migrated_store_deletes_its_items(migrated):
    run(migrated, "DELETE FROM stores")

    assert run(migrated, "SELECT * FROM items") == []


def test_migrated_database_uses_no_id_twice(migrated):
    run(
        migrated,
        "DELETE FROM items WHERE name = 'Table'",
        "INSERT INTO items (name, price, store_id) VALUES ('Lamp', 1, 1)",
    )

    assert run(migrated, "SELECT id FROM items WHERE name = 'Lamp'") == [(3,)]


@pytest.mark.parametrize("section", [find_section("07")], ids=["07"], indirect=True)
def test_database_of_section_06_needs_a_stamp_only(db, section):
    """Its tables are those of migration 0002; its rows stay."""
    db.create_all()
    run(db, "INSERT INTO stores (name) VALUES ('North')")

    flask_migrate.stamp(revision="0002")
    flask_migrate.upgrade()
    flask_migrate.check()

    assert run(db, "SELECT name FROM stores") == [("North",)]
    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade()
    flask_migrate.check()


def test_next_migration_is_generated_from_the_models(section, load, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(section.folder, folder)
    model = folder / "models" / "item.py"
    old = "    price: Mapped[float]"
    new = f"    colour: Mapped[str | None] = mapped_column(String(20))\n{old}"
    model.write_text(model.read_text("utf-8").replace(old, new), "utf-8")
    app = load(folder, "app").create_app(database_settings(tmp_path))
    with app.app_context():
        flask_migrate.upgrade()

        flask_migrate.migrate(message="Items have a colour")

        versions = folder / "migrations" / "versions"
        [written] = versions.glob("*_items_have_a_colour.py")
        text = written.read_text("utf-8")
        assert text.startswith('"""Items have a colour."""\n')
        assert "batch_op.add_column(sa.Column('colour', sa.String(length=20)" in text
        flask_migrate.upgrade()
        flask_migrate.check()  # raises SystemExit if there is a difference
        app.extensions["sqlalchemy"].engine.dispose()


def test_migrations_are_found_in_a_folder_with_an_odd_name(section, load, tmp_path):
    """In the settings of Alembic, a % begins a variable."""
    folder = tmp_path / "José's 100%s;[b] $HOME"
    shutil.copytree(section.folder, folder)
    url = database_settings(tmp_path)["SQLALCHEMY_DATABASE_URI"]
    app = load(folder, "app").create_app({"SQLALCHEMY_DATABASE_URI": url})

    with app.app_context():
        flask_migrate.upgrade()

        db = app.extensions["sqlalchemy"]
        assert "item" in str(sa.inspect(db.engine).get_table_names())
        db.engine.dispose()

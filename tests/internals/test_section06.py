"""How many statements section 06 runs, and what its database rejects."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, InvalidRequestError


@pytest.fixture
def app(make_app):
    return make_app("06")


@pytest.fixture
def models(app, load):
    """The section's models, with a session."""
    with app.app_context():
        yield load("06", "models")


@pytest.fixture
def db(models, load):
    return load("06", "db").db


@pytest.fixture
def statements(db):
    """Every SQL statement that is run from now on."""
    run = []

    def record(connection, cursor, statement, parameters, context, executemany):
        run.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", record)
    yield run
    sa.event.remove(db.engine, "before_cursor_execute", record)


def add_stores(models, db, how_many):
    """Add stores with 10 items each."""
    for s in range(how_many):
        items = [models.ItemModel(name=f"i{s} {i}", price=i) for i in range(10)]
        db.session.add(models.StoreModel(name=f"s{s}", items=items))
    db.session.commit()
    db.session.remove()


@pytest.mark.parametrize("how_many", [1, 100])
@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/stores?page_size=100", 3),  # how many stores there are, stores, items
        ("/items?page_size=100", 2),
        ("/store/s0", 2),
        ("/item/i0%200", 1),
    ],
)
def test_number_of_statements_does_not_grow(
    app, models, db, statements, path, wanted, how_many
):
    add_stores(models, db, how_many)
    statements.clear()

    reply = app.test_client().get(path)

    assert reply.status_code == 200
    assert len(statements) == wanted, statements


def test_list_shows_all_items_of_100_stores(app, models, db):
    add_stores(models, db, 100)

    stores = app.test_client().get("/stores?page_size=100").json["stores"]

    assert [store["name"] for store in stores] == [f"s{s}" for s in range(100)]
    assert all(len(store["items"]) == 10 for store in stores)
    assert stores[7] == app.test_client().get("/store/s7").json


def test_deleting_a_store_takes_one_statement(app, models, db, statements, token):
    add_stores(models, db, 2)
    statements.clear()

    reply = app.test_client().delete("/store/s0", headers=token)

    assert reply.status_code == 200
    assert len(statements) == 1, statements
    assert len(db.session.scalars(db.select(models.ItemModel)).all()) == 10


@pytest.fixture
def token(app):
    """The header of a user who is logged in."""
    login = {"username": "ana", "password": "open-sesame"}
    reply = app.test_client().post("/login", json=login)
    return {"Authorization": f"Bearer {reply.json['access_token']}"}


def test_items_of_a_store_are_not_loaded_unless_a_query_says_so(models, db):
    add_stores(models, db, 1)
    store = db.session.scalar(db.select(models.StoreModel))

    with pytest.raises(InvalidRequestError):
        _ = store.items


@pytest.mark.parametrize(
    "insert",
    [
        "INSERT INTO stores (name) VALUES ('s0')",
        "INSERT INTO items (name, price, store_id) VALUES ('i0 0', 1, 1)",
        "INSERT INTO items (name, price, store_id) VALUES ('new', -1, 1)",
        "INSERT INTO items (name, price, store_id) VALUES ('new', 1, 77)",
        "INSERT INTO items (name, price, store_id) VALUES ('new', 1, NULL)",
        "INSERT INTO items (name, price, store_id) VALUES (NULL, 1, 1)",
        "INSERT INTO users (username, password_hash) VALUES ('ana', 'x')",
    ],
)
def test_database_itself_rejects_invalid_rows(models, db, insert):
    add_stores(models, db, 1)

    with pytest.raises(IntegrityError):
        db.session.execute(sa.text(insert))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM items WHERE name = 'x'", "sqlite_autoindex_items_1"),
        ("SELECT * FROM items WHERE store_id = 1", "ix_items_store_id"),
        ("SELECT * FROM stores WHERE name = 'x'", "sqlite_autoindex_stores_1"),
        ("SELECT * FROM users WHERE username = 'x'", "sqlite_autoindex_users_1"),
    ],
)
def test_lookups_use_an_index(db, query, index):
    [plan] = db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {query}")).all()

    assert index in plan.detail


@pytest.mark.parametrize(
    ("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal")]
)
def test_every_connection_is_set_up(db, pragma, value):
    assert db.session.scalar(sa.text(f"PRAGMA {pragma}")) == value


def test_connection_returns_to_the_pool_when_a_query_fails(app, load):
    db = load("06", "db").db
    with app.app_context():
        db.session.execute(sa.text("DROP TABLE items"))
        db.session.commit()

    reply = app.test_client().get("/item/Chair")

    assert reply.status_code == 500
    with app.app_context():
        assert db.engine.pool.checkedout() == 0


def test_put_of_an_item_that_another_request_adds_replaces_it(models, db, monkeypatch):
    """It is added after the UPDATE, which found nothing, and before the INSERT."""
    add_stores(models, db, 1)
    add = models.ItemModel.add

    def add_after_another(name, price, store_id):
        add(name, 1, store_id)
        return add(name, price, store_id)

    monkeypatch.setattr(models.ItemModel, "add", add_after_another)

    item, is_new = models.ItemModel.put("Chair", 15.99, 1)

    assert (item.price, is_new) == (15.99, False)


def test_lists_are_ordered_by_the_database(app, models, db, statements):
    add_stores(models, db, 2)
    statements.clear()

    for path in ("/stores", "/items", "/store/s0"):
        app.test_client().get(path)

    lists = [s for s in statements if "count(" not in s and "stores.name = ?" not in s]
    assert len(lists) == 4
    assert all("ORDER BY" in statement for statement in lists)


def test_errors_in_the_log_hide_passwords(app, models, db, caplog):
    db.session.execute(sa.text("DROP TABLE users"))
    db.session.commit()

    body = {"username": "maria", "password": "a long password"}
    reply = app.test_client().post("/register", json=body)

    assert reply.status_code == 500
    assert "no such table: users" in caplog.text
    assert "scrypt" not in caplog.text


def test_name_that_is_free_again_was_taken(models, db, monkeypatch):
    """After the INSERT was rejected, another request deletes the other item."""
    add_stores(models, db, 1)
    rollback = db.session.rollback

    def rollback_and_delete():
        rollback()
        models.ItemModel.delete("i0 0")

    monkeypatch.setattr(db.session, "rollback", rollback_and_delete)

    with pytest.raises(models.NameTaken):
        models.ItemModel.add("i0 0", 1, 1)

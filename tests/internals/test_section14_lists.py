"""The list of stores: section 14 makes from rows what section 11 makes from models."""

import json

import pytest
import sqlalchemy as sa

STORES = ["North", "Süd", "日本の店", "No items"]
ITEMS = [  # name, price, store_id
    ("Chair", 15.99, 1),
    ("Table", 15, 2),
    ("Gift", 0, 1),
    ('A "quoted" name', 99_999_999.99, 1),
    ("Pen", 0.1, 3),
]
LIST = [  # what both sections must send
    {
        "id": 1,
        "name": "North",
        "items": [
            {"id": 1, "name": "Chair", "price": 15.99, "store_id": 1},
            {"id": 3, "name": "Gift", "price": 0.0, "store_id": 1},
            {"id": 4, "name": 'A "quoted" name', "price": 99999999.99, "store_id": 1},
        ],
    },
    {
        "id": 2,
        "name": "Süd",
        "items": [{"id": 2, "name": "Table", "price": 15.0, "store_id": 2}],
    },
    {
        "id": 3,
        "name": "日本の店",
        "items": [{"id": 5, "name": "Pen", "price": 0.1, "store_id": 3}],
    },
    {"id": 4, "name": "No items", "items": []},
]


@pytest.fixture(params=["11", "14"])
def section(request):
    return request.param


@pytest.fixture(params=["sqlite", "postgresql"])
def app(section, make_app, request):
    """The app of each section, on an empty database of each kind."""
    if request.param == "sqlite":
        yield make_app(section)
        return
    url = request.getfixturevalue("postgresql")
    app = make_app(section, SQLALCHEMY_DATABASE_URI=url)
    yield app
    with app.app_context(), app.extensions["sqlalchemy"].engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE stores RESTART IDENTITY CASCADE"))


@pytest.fixture
def add(app, section, load):
    """A function that adds stores by their names, and items."""
    models = load(section, "models")
    db = load(section, "db").db

    def add_rows(stores, items):
        columns = "name", "price", "store_id"
        with app.app_context():
            db.session.add_all([models.StoreModel(name=name) for name in stores])
            db.session.flush()  # it inserts them in this order
            for item in items:
                values = dict(zip(columns, item, strict=True))
                db.session.add(models.ItemModel(**values))
            db.session.commit()

    return add_rows


@pytest.fixture
def statements(app):
    """Every SQL statement from now on."""
    sent = []

    def record(connection, cursor, statement, parameters, context, executemany):
        sent.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    sa.event.listen(engine, "before_cursor_execute", record)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", record)


def test_both_sections_send_the_same_list(app, add):
    add(STORES, ITEMS)

    reply = app.test_client().get("/stores")

    # As strings, where 15 and 15.0 differ, and the order of the fields counts.
    assert json.dumps(reply.json) == json.dumps({"stores": LIST})
    assert json.loads(reply.headers["X-Pagination"])["total"] == 4


def test_both_sections_send_the_same_page(app, add):
    add(STORES, ITEMS)

    reply = app.test_client().get("/stores?page=2&page_size=3")

    assert reply.json == {"stores": LIST[3:]}
    pages = json.loads(reply.headers["X-Pagination"])
    assert (pages["page"], pages["total_pages"]) == (2, 2)


@pytest.mark.parametrize("page", ["5", "99999999999999999999"])
def test_page_after_the_last_one_is_empty(app, add, page):
    add(STORES, ITEMS)

    reply = app.test_client().get(f"/stores?page={page}")

    assert (reply.status_code, reply.json) == (200, {"stores": []})


def test_store_is_the_same_alone_and_in_the_list(app, add):
    add(STORES, ITEMS)

    stores = app.test_client().get("/stores").json["stores"]

    for store in stores:
        assert app.test_client().get(f"/store/{store['name']}").json == store


@pytest.mark.parametrize("how_many", [1, 100])
def test_list_of_stores_takes_three_statements(app, add, statements, how_many):
    names = [f"store {number}" for number in range(how_many)]
    items = [(f"item {number}", 1, number % how_many + 1) for number in range(200)]
    add(names, items)
    statements.clear()

    reply = app.test_client().get("/stores?page_size=100")

    assert len(statements) == 3, statements  # count, stores, items
    assert [store["name"] for store in reply.json["stores"]] == names
    assert sum(len(store["items"]) for store in reply.json["stores"]) == 200

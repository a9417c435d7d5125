"""Count and time the SQL statements that lazy and eager loading need."""

import importlib
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.orm import lazyload, selectinload

from classroom.sections import Section, find_section

ITEMS_PER_STORE = 10
RUNS = 5


@dataclass(frozen=True)
class Cost:
    """The cost of loading stores: SQL statements, and seconds."""

    statements: int
    seconds: float


def count_loading(numbers: list[int], *, eager: bool) -> list[Cost]:
    """Load stores with their items through the models of section 06; return the costs.

    numbers: how many stores to load, in each measurement; each store has 10 items.
    eager: load the items of all stores with one statement (selectinload); otherwise,
        load those of each store when they are first used (lazyload).
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        imported(find_section("06"), "app", "models", "db") as (app, models, db),
    ):
        settings = {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/data.sqlite3",
            "DEMO_USERNAME": "",  # hashing a password takes time
        }
        with app.create_app(settings).app_context():
            fill(db.db, models, max(numbers))
            costs = [load_repeatedly(db.db, models, n, eager) for n in numbers]
            db.db.session.remove()
            db.db.engine.dispose()
    return costs


@contextmanager
def imported(section: Section, *names: str) -> Iterator[list[ModuleType]]:
    """Import modules of a section, and remove all of its modules afterwards."""
    others = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    before = set(sys.modules)
    sys.path.insert(0, str(section.folder))
    try:
        yield [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(section.folder))
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).is_relative_to(section.folder):
                del sys.modules[name]
        sys.modules.update(others)


def fill(db: Any, models: Any, stores: int) -> None:
    """Add stores with their items to the database."""
    numbers = range(1, stores + 1)
    db.session.execute(insert(models.StoreModel), [{"name": f"{n}"} for n in numbers])
    items = [
        {"name": f"{store} {item}", "price": 1, "store_id": store}
        for store in numbers
        for item in range(ITEMS_PER_STORE)
    ]
    db.session.execute(insert(models.ItemModel), items)
    db.session.commit()


def load_repeatedly(db: Any, models: Any, number: int, eager: bool) -> Cost:
    """Load stores several times, and return the lowest cost."""
    costs = [load(db, models, number, eager) for _ in range(RUNS)]
    return min(costs, key=lambda cost: cost.seconds)


def load(db: Any, models: Any, number: int, eager: bool) -> Cost:
    """Load stores, use the items of each, and return the cost."""
    strategy = selectinload if eager else lazyload
    store = models.StoreModel
    query = select(store).limit(number).options(strategy(store.items))
    db.session.expunge_all()  # each run starts with an empty session
    with recorded(db.engine) as statements:
        start = time.perf_counter()
        items = [each.items for each in db.session.scalars(query).all()]
        seconds = time.perf_counter() - start
    assert [len(each) for each in items] == [ITEMS_PER_STORE] * number
    return Cost(len(statements), seconds)


@contextmanager
def recorded(engine: Any) -> Iterator[list[str]]:
    """Record each SQL statement that is sent to a database."""
    statements: list[str] = []

    def record(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", record)

"""The list of stores is the same in sections 11 and 14, and measured in both."""

import pytest

from classroom.errors import UserError
from classroom.experiments import list_speed
from classroom.experiments.list_speed import measure_lists


@pytest.fixture
def few_stores(monkeypatch):
    """Less data, so that a test is fast."""
    monkeypatch.setattr(list_speed, "STORES", 3)


def test_both_sections_are_measured_for_each_number(few_stores):
    seconds = measure_lists([1, 3])

    assert seconds.keys() == {"11", "14"}
    assert all(len(times) == 2 and min(times) > 0 for times in seconds.values())


def test_responses_that_differ_are_not_measured(few_stores, monkeypatch):
    prices = iter([1.5, 2.5])

    def add_an_item(database):
        with list_speed.closing(list_speed.sqlite3.connect(database)) as connection:
            connection.execute("INSERT INTO stores (id, name) VALUES (1, 'North')")
            item = ("Tea", next(prices), 1)
            connection.execute(
                "INSERT INTO items (name, price, store_id) VALUES (?, ?, ?)", item
            )
            connection.commit()

    monkeypatch.setattr(list_speed, "add_stores", add_an_item)

    with pytest.raises(UserError, match="GET /stores\\?page_size=1 are not equal"):
        measure_lists([1])

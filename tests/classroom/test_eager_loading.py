"""The experiment on lazy and eager loading: what it counts, and what it leaves."""

import sys
from types import ModuleType

import pytest

from classroom.experiments.eager_loading import count_loading, imported
from classroom.sections import find_section


def count_statements(*, eager):
    costs = count_loading([1, 5], eager=eager)
    assert all(cost.seconds > 0 for cost in costs)
    return [cost.statements for cost in costs]


def test_lazy_loading_takes_a_statement_for_each_store_and_one_more():
    assert count_statements(eager=False) == [2, 6]


def test_eager_loading_takes_two_statements_for_any_number_of_stores():
    assert count_statements(eager=True) == [2, 2]


def test_modules_of_the_section_are_removed_and_others_restored(monkeypatch):
    other = ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", other)
    modules, path = dict(sys.modules), list(sys.path)

    count_loading([1], eager=True)

    assert sys.modules["app"] is other
    assert sys.path == path
    assert not {"models", "db", "api", "items"} & (set(sys.modules) - set(modules))


def test_modules_are_removed_after_an_error(monkeypatch):
    monkeypatch.delitem(sys.modules, "db", raising=False)
    path = list(sys.path)

    with pytest.raises(ZeroDivisionError), imported(find_section("06"), "db"):
        _ = 1 / 0

    assert sys.path == path
    assert "db" not in sys.modules

"""The tables of old names: removed names are gone, and the others exist."""

import re

import flask_jwt_extended
import pytest
from flask_jwt_extended import JWTManager

from classroom.notebooks.execute import read_notebook
from classroom.sections import find_section

NOTEBOOK = "\n".join(
    cell.source for cell in read_notebook(find_section("11").notebook).cells
)
README = (find_section("04").folder / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.*`.*) \| (.*) \| (.*) \|$", NOTEBOOK + README, re.MULTILINE)


def names_in(cell):
    """Return the names of functions and loaders in a cell of a table."""
    return set(re.findall(r"`@?(?:jwt\.)?(\w+)\b", cell))


@pytest.mark.parametrize(
    ("outcome", "where"),
    [("ImportError", flask_jwt_extended), ("AttributeError", JWTManager)],
)
def test_old_names_are_gone_and_new_ones_exist(outcome, where):
    rows = [row for row in ROWS if row[2] == outcome]
    assert len(rows) >= 4

    for old, today, _ in rows:
        assert not any(hasattr(where, name) for name in names_in(old)), old
        assert any(hasattr(where, name) for name in names_in(today)), today

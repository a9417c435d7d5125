"""The tables of old names: what is said to be gone is gone, and the rest is there."""

import re

import flask_jwt_extended
import pytest
from flask_jwt_extended import JWTManager

from classroom.notebooks.execute import read_lesson
from classroom.sections import find_section

LESSON = "\n".join(
    cell.source for cell in read_lesson(find_section("11").notebook).cells
)
README = (find_section("04").folder / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.*`.*) \| (.*) \| (.*) \|$", LESSON + README, re.MULTILINE)


def names_in(text):
    """Return the names of functions and loaders that stand in a cell of a table."""
    return set(re.findall(r"`@?(?:jwt\.)?(\w+)\b", text))


@pytest.mark.parametrize(
    ("outcome", "where"),
    [("ImportError", flask_jwt_extended), ("AttributeError", JWTManager)],
)
def test_old_names_are_gone_and_new_ones_are_there(outcome, where):
    rows = [row for row in ROWS if row[2] == outcome]
    assert len(rows) >= 4

    for old, today, _ in rows:
        assert not any(hasattr(where, name) for name in names_in(old)), old
        assert any(hasattr(where, name) for name in names_in(today)), today

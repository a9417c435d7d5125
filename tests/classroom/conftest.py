"""What the tests of exercises share."""

import pytest

from classroom.exercises.exercise import find_exercise
from classroom.exercises.workspace import prepare, write_solution


@pytest.fixture
def my(tmp_path, monkeypatch):
    """The folder my/ of a student who begins."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path / "my"))
    return tmp_path / "my"


@pytest.fixture
def solved(my):
    """A function that solves an exercise, and returns the folder of its files."""

    def solve(name):
        exercise = find_exercise(name)
        prepare(exercise)
        write_solution(exercise, exercise.own_folder)
        return exercise.own_folder

    return solve


@pytest.fixture
def replace():
    """A function that replaces code that is in a file once."""

    def replace_once(file, old, new):
        code = file.read_text(encoding="utf-8")
        assert code.count(old) == 1
        file.write_text(code.replace(old, new), encoding="utf-8")

    return replace_once

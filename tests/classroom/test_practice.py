"""Practice: every exercise can be done, and its commands show how."""

import pytest

from classroom.exercises.exercise import all_exercises
from classroom.exercises.workspace import prepare, write_solution
from classroom.practice.checking import check_files
from classroom.server import forked, section_server
from classroom.server.launch import database_settings

EXERCISES = all_exercises()

exercises = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    """Start servers quickly: as many are started here as in all other tests."""
    forked.preload()


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch, settings):
    """Start servers with cheap hashes, which take most of the time of a login."""
    cheap = {"PASSWORD_HASH": settings["PASSWORD_HASH"]}
    monkeypatch.setattr(
        section_server, "database_settings", lambda f: cheap | database_settings(f)
    )


@pytest.fixture(autouse=True)
def my(tmp_path, monkeypatch):
    """The folder my/ of a student who begins."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))
    return tmp_path


@exercises
def test_exercise_is_open_at_first_and_its_solution_does_it(exercise):
    prepare(exercise)
    assert not check_files(exercise).is_done

    write_solution(exercise, exercise.own_folder)

    findings = check_files(exercise)
    assert findings.is_done, findings

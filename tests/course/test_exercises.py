"""Exercises: undone, each check says what is missing; with a solution, all is done."""

import pytest

from classroom.errors import Problem
from classroom.exercises import look_at
from classroom.exercises.section03 import REQUESTS
from classroom.sections import copy_section, find_section, own_copy
from classroom.serving import Server

SOLUTION_03_3 = '''

@app.get("/store/<name>/item/<item>")
def get_item(name, item):
    """Show one item."""
    with lock:
        items = find_store(name)
        if item not in items:
            abort(404, f"This store has no item named {item!r}.")
        return {"name": item, "price": items[item]}
'''


@pytest.fixture
def api():
    """A session with a fresh server of section 03."""
    with Server(find_section("03").folder) as server, server.api() as session:
        yield session


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The folder of a student's copy of section 03, made by copy_section."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))
    copy_section("03")
    return own_copy(find_section("03"))


def is_done(findings):
    return all(finding.done for finding in findings)


def test_unknown_exercise_is_a_problem():
    for name in ("03.9", "99.1", "", "03"):
        with pytest.raises(Problem, match="no exercise"):
            look_at(name)


def test_03_1_undone(api):
    findings = look_at("03.1", api)

    assert [finding.done for finding in findings] == [False] * 4
    assert "0 of 4 done" in repr(findings)


def test_03_1_half_done(api):
    api.post("/store", json={"name": "Corner Shop"})
    api.post("/store/Corner Shop/item", json={"name": "Pen", "price": 1.3})
    api.post("/store/Corner Shop/item", json={"name": "Ink", "price": 4.5})

    findings = look_at("03.1", api)

    assert [finding.done for finding in findings] == [True, False, True, False]


def test_03_1_solved(api):
    api.post("/store", json={"name": "Corner Shop"})
    api.post("/store/Corner Shop/item", json={"name": "Pen", "price": 1.2})
    api.put("/store/Corner Shop/item/Ink", json={"price": 4.5})
    api.delete("/store/My Wonderful Store", auth=("ana", "open-sesame"))

    assert is_done(look_at("03.1", api))


def test_03_2_undone_and_half_done():
    answers = dict.fromkeys(REQUESTS)
    assert not any(finding.done for finding in look_at("03.2", answers))

    answers["DELETE the list of stores"] = 405
    answers["POST a store without a name"] = 500

    findings = look_at("03.2", answers)
    assert [finding.done for finding in findings] == [False] * 5 + [True]
    assert "not 500" in repr(findings)


def test_03_2_solved():
    answers = dict(zip(REQUESTS, [404, 400, 409, 200, 401, 405], strict=True))

    assert is_done(look_at("03.2", answers))


def test_03_3_without_a_copy(tmp_path, monkeypatch):
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))

    findings = look_at("03.3")

    assert [finding.done for finding in findings] == [False]
    assert "copy_section" in findings[0].text


def test_03_3_undone(mine):
    findings = look_at("03.3")

    assert [f.done for f in findings] == [True, False, False, False, True]


def test_03_3_with_a_mistake(mine):
    with (mine / "app.py").open("a") as code:
        code.write("\nretrun items\n")

    findings = look_at("03.3")

    assert "SyntaxError" in findings[-1].text
    assert "app.py, line" in findings[-1].text


def test_03_3_solved(mine):
    with (mine / "app.py").open("a") as code:
        code.write(SOLUTION_03_3)

    assert is_done(look_at("03.3"))


def test_copy_section_leaves_a_copy_as_it_is(mine, capsys):
    (mine / "app.py").write_text("mine\n")

    copy_section("03")

    assert (mine / "app.py").read_text() == "mine\n"
    assert "as it is" in capsys.readouterr().out

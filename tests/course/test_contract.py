"""The contract tests can be run against anybody's code, and speak for themselves."""

import ast

import pytest

from classroom.promises import CONTRACT

FILES = sorted(CONTRACT.glob("test_*.py"))
TESTS = [
    (path.name, node)
    for path in FILES
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@pytest.mark.parametrize(("file", "test"), TESTS, ids=lambda x: getattr(x, "name", x))
def test_promise_is_one_sentence(file, test):
    promise = ast.get_docstring(test)

    assert promise
    assert len(promise.splitlines()) == 1
    assert promise.endswith(".")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_promises_say_from_where_they_hold(path):
    assert "since(" in path.read_text(encoding="utf-8")


def test_every_promise_is_collected_for_a_section(pytestconfig):
    names = {test.name for _, test in TESTS}

    assert len(names) == len(TESTS), "two promises have the same name"

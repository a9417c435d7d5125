"""The contract tests can check any code, and their docstrings are the promises."""

import ast

import pytest

from classroom.display.diff import find_mark
from classroom.sections import CONTRACT, ROOT

TESTS = [
    pytest.param(node, module, id=f"{path.stem}-{node.name}")
    for path in sorted(CONTRACT.glob("test_*.py"))
    for module in [ast.parse(path.read_text(encoding="utf-8"))]
    for node in module.body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@pytest.mark.parametrize(("test", "module"), TESTS)
def test_promise_is_one_sentence_with_a_first_section(test, module):
    promise = ast.get_docstring(test)

    assert promise
    assert len(promise.splitlines()) == 1
    assert promise.endswith(".")
    assert find_mark(test, module) is not None


def test_no_two_promises_have_the_same_name():
    names = [case.values[0].name for case in TESTS]

    assert len(set(names)) == len(names)


@pytest.fixture
def collect(capsys, monkeypatch):
    """A function that returns the exit status of pytest, and the tests it would run.

    Without any, it returns what pytest prints about the reason.
    """
    monkeypatch.chdir(ROOT)

    def run(*arguments):
        status = pytest.main(["--collect-only", "-q", *arguments])
        printed = capsys.readouterr()
        tests = [line for line in printed.out.splitlines() if "::" in line]
        return status, tests or printed.err

    return run


def test_options_are_known_before_conftest_is_read(pytestconfig):
    """Otherwise pytest would collect tests in the folder that follows --app."""
    assert pytestconfig.pluginmanager.hasplugin("classroom.contract.pytest_plugin")


def test_section_and_app_choose_what_is_checked(collect):
    options = ["--section", "03", "--app", "section03_basics"]
    status, tests = collect(*options, "tests/contract", "tests/internals")

    assert status == 0
    assert len(tests) > 100
    assert all(test.startswith("tests/contract/") for test in tests)
    assert all("[03" in test for test in tests)


def test_promises_of_an_app_of_its_own_are_those_of_its_pages(collect):
    """Its other tests need servers of their own, and check no server of a learner."""
    options = ["--section", "12", "--url", "http://127.0.0.1:9"]
    status, tests = collect(*options, "tests/section12", "tests/contract")

    assert status == 0
    assert len(tests) > 20
    assert all(test.startswith("tests/section12/") for test in tests)
    assert not any("mongo" in test for test in tests)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--section", "99"], "There is no section '99'."),
        (["--url", "http://127.0.0.1:9"], "--url and --app need --section"),
    ],
)
def test_options_that_make_no_sense_are_rejected(collect, arguments, message):
    status, printed = collect(*arguments)

    assert status == 4
    assert message in printed
    assert "INTERNALERROR" not in printed

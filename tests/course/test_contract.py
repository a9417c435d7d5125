"""The contract tests can check any code, and their docstrings are the promises."""

import ast
import subprocess
import sys

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


def collect(*arguments):
    """Return the tests that pytest would run."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")


def test_options_are_known_before_conftest_is_read(pytestconfig):
    """Otherwise pytest would collect tests in the folder that follows --app."""
    assert pytestconfig.pluginmanager.hasplugin("classroom.contract.pytest_plugin")


def test_section_and_app_choose_what_is_checked():
    options = ["--section", "03", "--app", "section03_basics"]
    collected = collect(*options, "tests/contract", "tests/internals")

    lines = [line for line in collected.stdout.splitlines() if "::" in line]
    assert collected.returncode == 0
    assert len(lines) > 100
    assert all(line.startswith("tests/contract/") for line in lines)
    assert all("[03" in line for line in lines)


def test_promises_of_an_app_of_its_own_are_those_of_its_pages():
    """Its other tests need servers of their own, and check no server of a learner."""
    options = ["--section", "12", "--url", "http://127.0.0.1:9"]
    collected = collect(*options, "tests/section12", "tests/contract")

    lines = [line for line in collected.stdout.splitlines() if "::" in line]
    assert collected.returncode == 0
    assert len(lines) > 20
    assert all(line.startswith("tests/section12/") for line in lines)
    assert not any("mongo" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--section", "99"], "There is no section '99'."),
        (["--url", "http://127.0.0.1:9"], "--url and --app need --section"),
    ],
)
def test_options_that_make_no_sense_are_rejected(arguments, message):
    collected = collect(*arguments)

    assert collected.returncode == 4
    assert message in collected.stderr
    assert "INTERNALERROR" not in collected.stderr

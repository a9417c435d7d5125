"""Which tests learn.py test runs."""

import os
from collections.abc import Sequence

from classroom.sections import find_section

FAST = ["--newest", "tests/contract", "tests/internals"]
OF_A_SECTION = [
    "tests/contract",
    "tests/internals",
    "tests/browser",
    "tests/course/test_notebooks.py",
    "tests/classroom/test_exercises.py",
    "tests/classroom/test_practice.py",
]


def pytest_arguments(fast: bool, arguments: Sequence[str]) -> list[str]:
    """Translate the arguments of learn.py test into arguments for pytest.

    fast: run only tests of the contract and the internals, each for one section.
    arguments: those of learn.py test: the number of a section, then arguments for
        pytest. Without any, every test is run.

    Raises UserError if there is no such section.
    """
    # Many tests spend time waiting, so use one process more than there are processors.
    # Keep the order of the groups, in which slow ones are not last.
    processes = str((os.cpu_count() or 1) + 1)
    parallel = ["-n", processes, "--dist", "loadgroup", "--no-loadscope-reorder"]
    if fast:
        return [*parallel, *FAST, *arguments]
    if arguments and arguments[0].isdigit():
        number = find_section(arguments[0]).number
        return [*parallel, *OF_A_SECTION, "--about", number, *arguments[1:]]
    return list(arguments) or parallel

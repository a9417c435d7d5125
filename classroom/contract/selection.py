"""Which tests learn.py test runs."""

import os
from collections.abc import Sequence

from classroom.sections import find_section

FAST = ["tests/contract", "tests/internals"]
OF_A_SECTION = [
    *FAST,
    "tests/course/test_notebooks.py",
    "tests/classroom/test_exercises.py",
]


def pytest_arguments(fast: bool, arguments: Sequence[str]) -> list[str]:
    """Return the arguments of pytest for those of learn.py test.

    fast: run only the contract and the internals.
    arguments: for pytest; the first one may be the number of a section instead. Without
        any, every test is run.

    Raises UserError if there is no such section.
    """
    # Many tests wait for something, so there is one process more than processors. The
    # groups keep their order, in which those that take long are not last.
    processes = str((os.cpu_count() or 1) + 1)
    parallel = ["-n", processes, "--dist", "loadgroup", "--no-loadscope-reorder"]
    if fast:
        return [*parallel, *FAST, *arguments]
    if arguments and arguments[0].isdigit():
        number = find_section(arguments[0]).number
        return [*parallel, *OF_A_SECTION, "--about", number, *arguments[1:]]
    return list(arguments) or parallel

"""Which tests learn.py test runs."""

import os
from collections.abc import Sequence

from classroom.sections import ROOT, Section, all_sections, find_section

INTERNALS = "tests/internals"
# They stop databases and other servers, and wait for what happens then; or they start
# several processes of a section.
WITHOUT_TROUBLE = ["--ignore-glob=*_trouble.py", "--ignore-glob=*_processes.py"]
OF_A_SECTION = [
    "tests/browser",
    "tests/course/test_notebooks.py",
    "tests/classroom/test_exercises.py",
    "tests/classroom/test_practice.py",
]


def contract_of(section: Section) -> str:
    """Return the path of the tests of what a section promises."""
    return section.contract.relative_to(ROOT).as_posix()


def pytest_arguments(fast: bool, arguments: Sequence[str]) -> list[str]:
    """Translate the arguments of learn.py test into arguments for pytest.

    fast: run only tests of the contract and the internals, each with one case.
    arguments: those of learn.py test: the number of a section, then arguments for
        pytest. Without any, every test is run.

    Raises UserError if there is no such section.
    """
    # Many tests spend time waiting, so use one process more than there are processors.
    # Keep the order of the groups, in which slow ones are not last.
    processes = str((os.cpu_count() or 1) + 1)
    parallel = ["-n", processes, "--dist", "loadgroup", "--no-loadscope-reorder"]
    if fast:
        contracts = sorted({contract_of(section) for section in all_sections()})
        quick = ["--once", *WITHOUT_TROUBLE, *contracts, INTERNALS]
        return [*parallel, *quick, *arguments]
    if arguments and arguments[0].isdigit():
        section = find_section(arguments[0])
        about = ["--about", section.number, *arguments[1:]]
        return [*parallel, contract_of(section), INTERNALS, *OF_A_SECTION, *about]
    return list(arguments) or parallel

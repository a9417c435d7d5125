"""The front end's own unit tests, which npm test runs."""

from classroom.errors import UserError
from classroom.sections import find_section
from classroom.server.frontend import copy_frontend, find_npm, run_npm

SOURCES = find_section("13").folder / "frontend"


def test_unit_tests_of_the_front_end_pass(needs, tmp_path):
    try:
        find_npm()
    except UserError as error:
        needs(None, str(error))

    output = run_npm("test", folder=copy_frontend(SOURCES, tmp_path / "copy"))

    assert "passed" in output

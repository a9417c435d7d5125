"""What the tests of deployments share."""

import os
import subprocess
import sys

import pytest

from classroom.sections import ROOT

# Rehearsals check a part of the promises. All of them are checked if the environment
# asks for it: CONTRACTS=whole python3 learn.py test tests/deploy -k promises
WHOLE = os.environ.get("CONTRACTS") == "whole"


@pytest.fixture(scope="session")
def database_server(postgres):
    """The PostgreSQL server, whose user may create databases."""
    postgres._execute("ALTER ROLE app CREATEDB")
    return postgres


@pytest.fixture
def rehearse_in_terminal():
    """A function that rehearses a section, and returns what that prints.

    It takes the number of the section, options of pytest that choose a part of the
    promises, and environment variables.
    """

    def run_rehearsal(number, part, **variables):
        environment = os.environ | variables
        if not WHOLE:
            environment["PYTEST_ADDOPTS"] = part
        # With this variable, it would prepare for many servers, and start none.
        environment.pop("PYTEST_XDIST_WORKER", None)
        result = subprocess.run(
            [sys.executable, str(ROOT / "learn.py"), "rehearse", number],
            env=environment,
            capture_output=True,
            encoding="utf-8",
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return " ".join(result.stdout.split())

    return run_rehearsal

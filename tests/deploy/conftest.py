"""What the tests of deployments share."""

import os
import subprocess
import sys

import pytest

from classroom.sections import ROOT

# Of the promises, a proxy is most likely to break those about odd requests. All of them
# are checked if the environment asks for it:
# CONTRACTS=whole python3 learn.py test tests/deploy -k rehearsal_keeps
PART = {} if os.environ.get("CONTRACTS") == "whole" else {"PYTEST_ADDOPTS": "-k error"}


@pytest.fixture
def rehearse():
    """A function that rehearses section 08 or 09, and returns what that prints."""

    def run_rehearsal(number):
        result = subprocess.run(
            [sys.executable, str(ROOT / "learn.py"), "rehearse", number],
            env=os.environ | PART,
            capture_output=True,
            encoding="utf-8",
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return " ".join(result.stdout.split())

    return run_rehearsal

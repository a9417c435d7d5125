"""The linters, the formatter and the type checker report nothing."""

import subprocess
import sys

import pytest

from classroom.sections import ROOT

TOOLS = [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]]


@pytest.mark.parametrize("tool", TOOLS, ids=" ".join)
def test_tool_finds_nothing(tool):
    command = [sys.executable, "-m", *tool]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout + result.stderr

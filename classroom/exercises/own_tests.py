"""Run the tests that a learner has written, and show which of them pass."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from IPython.display import display

from classroom.errors import UserError
from classroom.exercises.finding import Finding, Findings
from classroom.sections import find_folder

TIMEOUT = 60.0  # seconds
OPTIONS = ["--rootdir", ".", "-p", "no:cacheprovider", "."]
# pytest colours its report, too, where FORCE_COLOR is set, as in a notebook.
SETTINGS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PY_COLORS": "0"}


class OwnTests(Findings):
    """The tests of a folder, each with whether it passes."""

    @property
    def verdict(self) -> str:
        """How many tests passed and failed."""
        passed = sum(test.done for test in self)
        return f"{passed} passed, {len(self) - passed} failed."


def show_tests(folder: str | int) -> None:
    """Run the tests in a folder of your own with pytest, and show which ones pass.

    folder: its path; tests are functions named test_… in files named test_….py.

    Raises UserError if there are no tests, or they do not end.
    """
    display(run_tests(find_folder(folder)))


def run_tests(folder: Path) -> OwnTests:
    """Run the tests in a folder, in a process of their own; return the results.

    Raises UserError if there are no tests, or they do not end within a minute.
    """
    with tempfile.TemporaryDirectory() as temporary:
        report, settings = Path(temporary, "report.xml"), Path(temporary, "pytest.ini")
        # Without settings of its own, pytest would use those of this repository.
        settings.write_text("[pytest]\n", "utf-8")
        options = ["-c", str(settings), "--junit-xml", str(report), *OPTIONS]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *options],
                cwd=folder,
                env=os.environ | SETTINGS,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            message = f"The tests have not ended after {TIMEOUT:.0f} seconds."
            raise UserError(message) from None
        if not report.exists():
            raise UserError(done.stderr.decode(errors="replace").strip())
        tests = OwnTests(read_report(report))
    if not tests:
        raise UserError(
            "There are no tests: write functions whose names begin with test_ into a "
            "file whose name does, too."
        )
    return tests


def read_report(report: Path) -> Iterator[Finding]:
    """Yield a finding for each test in a report of pytest, in JUnit's XML format."""
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("name", "")
        problems = [*case.iter("failure"), *case.iter("error")]
        text = problems[0].text or "" if problems else ""
        yield Finding(not problems, "\n".join([name, *lines_that_matter(text)]))


def lines_that_matter(failure: str) -> Iterator[str]:
    """Yield the line that failed, why, and where: what pytest marks with > and E."""
    lines = failure.splitlines()
    yield from (line for line in lines if line[:2] in ("> ", "E "))
    yield from (line for line in lines[-1:] if line[:1].isalpha() and ".py:" in line)

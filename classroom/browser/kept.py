"""The reports of the browser that ran the lessons, for machines without one."""

import json

from classroom.browser.report import Report
from classroom.display.masks import is_stable
from classroom.errors import UserError
from classroom.sections import NOTEBOOKS

FILE = NOTEBOOKS / "browser.json"
NO_BROWSER = "There is no Chromium or Chrome here: this is what it has said elsewhere."


def keep(case: str, report: Report) -> None:
    """Write a report into the file of the lessons, unless there is one of this name."""
    reports = read()
    if case not in reports:
        reports[case] = json.loads(report.to_json())
        text = json.dumps(dict(sorted(reports.items())), indent=2, ensure_ascii=False)
        FILE.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def find(case: str) -> Report:
    """Return the report of a name, and say where it is from.

    Raises UserError if there is none.
    """
    reports = read()
    if case not in reports:
        raise UserError(f"Chromium or Chrome is needed for {case!r}, and is not here.")
    if not is_stable():
        print(NO_BROWSER)
    return Report.from_json(json.dumps(reports[case]))


def read() -> dict[str, object]:
    """Return what is in the file."""
    if not FILE.exists():
        return {}
    reports: dict[str, object] = json.loads(FILE.read_text("utf-8"))
    return reports

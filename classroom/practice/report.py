"""What a check has found, in a terminal."""

from requests import Response
from rich.markup import escape

from classroom.console import console
from classroom.display.exchange import request_text, response_text, write_json
from classroom.display.statuses import name_status
from classroom.exercises.common import expectation
from classroom.exercises.exercise import Exercise
from classroom.exercises.finding import Finding, Findings, indent
from classroom.practice.in_terminal import print_next_task
from classroom.practice.watch import done_before, finding_key


def print_findings(findings: Findings, last: Findings | None = None) -> None:
    """Print the findings of a check, the exchange behind the first open one, and notes.

    last: the findings of the last check, to say what has changed since then.
    """
    before = done_before(last)
    for finding in findings:
        console.print(format_finding(finding, before.get(finding_key(finding))))
    first = next((f for f in findings if not f.done and f.reply is not None), None)
    if first is not None:
        print_exchange(first)
    console.print(f"[bold]{findings.verdict}[/]")
    for note in findings.notes:
        console.print(escape(f"{note.title}\n{note.text}"))


def format_finding(finding: Finding, was_done: bool | None) -> str:
    """Return a finding as a line; was_done: as in the last check, or None."""
    mark = "[green]✓[/]" if finding.done else "[yellow]○[/]"
    change = ""
    if was_done is not None and was_done != finding.done:
        change = " [green](new)[/]" if finding.done else " [red](was done before)[/]"
    return f"{mark} {escape(indent(finding.text))}{change}"


def print_exchange(finding: Finding) -> None:
    """Print the request and the response of a finding, and what was expected."""
    reply = finding.reply
    assert reply is not None
    rows = {
        "request": request_text(reply.request),
        "expected": format_expectation(reply) or finding_key(finding),
        "response": f"{name_status(reply.status_code)}\n{response_text(reply)}",
    }
    console.print()
    for name, value in rows.items():
        indented = escape(value.replace("\n", f"\n{'':12}"))
        console.print(f"  [bold]{name:<9}[/] {indented}")
    console.print()


def format_expectation(reply: Response) -> str:
    """Return the status and the body that a check expects; "" if that is not known."""
    expected = expectation(reply)
    if expected is None:
        return ""
    status, body = expected
    lines = [name_status(status)]
    return "\n".join(lines if body is None else [*lines, write_json(body)])


class WatchPrinter:
    """Prints what watch() finds, and the next task when an exercise is done."""

    def on_change(self, exercise: Exercise, files: list[str]) -> None:
        """Print which files have changed."""
        console.rule(f"{exercise}: {', '.join(files)}", align="left")

    def on_checked(
        self, exercise: Exercise, findings: Findings, last: Findings | None
    ) -> None:
        """Print the findings; if they are all done, go on with the next exercise."""
        print_findings(findings, last)
        if findings.is_done and not (last and last.is_done):
            print_next_task()

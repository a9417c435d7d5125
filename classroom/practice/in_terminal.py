"""The exercises in a terminal: what the commands print."""

import os
from pathlib import Path

from requests import Response
from rich.markdown import Markdown
from rich.markup import escape
from rich.syntax import Syntax

from classroom.console import console
from classroom.display.exchange import (
    name_status,
    request_text,
    response_text,
    write_json,
)
from classroom.exercises.common import expectation
from classroom.exercises.exercise import Exercise
from classroom.exercises.finding import Finding, Findings
from classroom.exercises.workspace import SCRIPT, prepare
from classroom.practice.picture import Picture
from classroom.practice.progress import begin, read_progress
from classroom.practice.watch import done_before, finding_key

LEARN = "python learn.py" if os.name == "nt" else "python3 learn.py"


def print_task(exercise: Exercise) -> None:
    """Print what an exercise asks for, where its files are, and how to go on."""
    console.print(f"[bold]{escape(str(exercise))}[/]\n")
    console.print(Markdown(exercise.task))
    folder = Path(os.path.relpath(exercise.own_folder))
    files = folder / SCRIPT if exercise.is_script else folder
    console.print(f"\nYour files: [bold]{escape(str(files))}[/]")
    for command, purpose in {
        f"practice {exercise.name}": "check what you have done",
        "watch": "check it each time that you save a file",
        f"hint {exercise.name}": "show a hint: one more each time",
        f"solution {exercise.name}": "show a solution",
    }.items():
        console.print(f"  {LEARN} [bold]{command:<15}[/]  {purpose}")


def print_findings(findings: Findings, last: Findings | None = None) -> None:
    """Print the findings of a check, and the exchange behind the first open one.

    last: the findings of the last check, to say what has changed since then.
    """
    before = done_before(last)
    for finding in findings:
        console.print(format_finding(finding, before.get(finding_key(finding))))
    first = next((f for f in findings if not f.done and f.reply is not None), None)
    if first is not None:
        print_exchange(first)
    console.print(f"[bold]{findings.verdict}[/]")


def format_finding(finding: Finding, was_done: bool | None) -> str:
    """Return a finding as a line; was_done: as in the last check, or None."""
    mark = "[green]✓[/]" if finding.done else "[yellow]○[/]"
    change = ""
    if was_done is not None and was_done != finding.done:
        change = " [green](new)[/]" if finding.done else " [red](was done before)[/]"
    return f"{mark} {escape(finding.text)}{change}"


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


def print_hints(exercise: Exercise, how_many: int) -> None:
    """Print the first hints of an exercise."""
    for number, text in enumerate(exercise.hints[:how_many], 1):
        console.print(Markdown(f"**Hint {number}:** {text}"))
    if how_many < len(exercise.hints):
        left = len(exercise.hints) - how_many
        console.print(f"({left} more: {LEARN} hint {exercise.name})")
    else:
        console.print(f"(That was the last one: {LEARN} solution {exercise.name})")


def print_solution(exercise: Exercise) -> None:
    """Print a solution of an exercise, and why it is one."""
    language = "python" if exercise.is_script else "diff"
    console.print(Syntax(exercise.solution, language, theme="ansi_dark"))
    console.print(Markdown(exercise.reason))


def print_progress() -> None:
    """Print which exercises are done, section by section."""
    console.print(escape(repr(Picture(read_progress()))))


def print_next(exercise: Exercise | None) -> None:
    """Print which exercise is the next one, or that all are done."""
    if exercise is None:
        console.print("You have done all exercises. Well done!")
    else:
        command = f"{LEARN} practice {exercise.name}"
        console.print(f"Next: {escape(str(exercise))}\n  {command}")


def print_next_task() -> None:
    """Make the files of the exercise to continue with, and print its task."""
    exercise = read_progress().next_exercise()
    if exercise is None:
        print_next(None)
        return
    begin(exercise)
    prepare(exercise)
    console.print()
    print_task(exercise)


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

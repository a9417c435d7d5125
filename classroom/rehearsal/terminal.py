"""Show the progress of a rehearsal in a terminal, and its result."""

from typing import Self

from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from classroom.console import console
from classroom.rehearsal.steps import Listener, Rehearsal, Step


class TerminalListener(Listener):
    """Shows the current step, its time and its latest line, in a with block."""

    def __init__(self) -> None:
        columns = SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("", visible=False)
        self._name = ""

    def note(self, sentence: str) -> None:
        """Print a sentence."""
        console.print(escape(sentence))

    def begin(self, name: str) -> None:
        """Show that a step begins."""
        self._name = name
        self._progress.reset(self._task, description=name, visible=True)

    def progress(self, line: str) -> None:
        """Show the latest line after the name of the step, cut to the width."""
        room = max(console.width - 14 - len(self._name), 0)
        description = f"[bold]{self._name}[/]  [dim]{escape(line[:room])}[/]"
        self._progress.update(self._task, description=description)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()


def print_rehearsal(rehearsal: Rehearsal) -> None:
    """Print a table of the steps, and the output and advice of one that failed."""
    table = Table(
        title=f"Rehearsal of section {rehearsal.section}", title_justify="left"
    )
    table.add_column("Step", style="bold", no_wrap=True)
    table.add_column("Seconds", justify="right", no_wrap=True)
    table.add_column("Result")
    for step in rehearsal.steps:
        mark = "[green]✓[/]" if step.ok else "[red]✗[/]"
        result = escape(step.result) if step.ok else "[red]failed: see below[/]"
        table.add_row(f"{mark} {step.name}", f"{step.seconds:.1f}", result)
    console.print(table)
    for step in rehearsal.steps:
        if not step.ok:
            print_failed_step(step)


def print_failed_step(step: Step) -> None:
    """Print the last lines of a step that failed, and what to do."""
    console.print(f"\n[red]{step.name} failed:[/]")
    for line in step.last_lines():
        console.print(f"    {escape(line)}")
    console.print(f"\n{escape(step.advice)}")

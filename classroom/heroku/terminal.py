"""Tell in a terminal how a rehearsal goes, and at its end what came of it."""

from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from classroom.heroku.steps import Listener, Rehearsal, Step


class TerminalListener(Listener):
    """Shows the step that goes on, its time and its latest line, in a with block."""

    def __init__(self, console: Console) -> None:
        self.console = console
        columns = SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("", visible=False)
        self._name = ""

    def note(self, text: str) -> None:
        """Print a sentence."""
        self.console.print(escape(text))

    def begin(self, name: str) -> None:
        """Show that a step begins."""
        self._name = name
        self._progress.reset(self._task, description=name, visible=True)

    def progress(self, text: str) -> None:
        """Show the latest line behind the name of the step, as far as there is room."""
        room = max(self.console.width - 14 - len(self._name), 0)
        line = f"[bold]{self._name}[/]  [dim]{escape(text[:room])}[/]"
        self._progress.update(self._task, description=line)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()


def print_rehearsal(rehearsal: Rehearsal, console: Console) -> None:
    """Print a table of the steps; of one that failed, its last lines, and advice."""
    table = Table(title=f"Section {rehearsal.section}, rehearsed", title_justify="left")
    table.add_column("Step", style="bold", no_wrap=True)
    table.add_column("Seconds", justify="right", no_wrap=True)
    table.add_column("What came of it")
    for step in rehearsal.steps:
        mark = "[green]✓[/]" if step.ok else "[red]✗[/]"
        result = escape(step.result) if step.ok else "[red]failed: see below[/]"
        table.add_row(f"{mark} {step.name}", f"{step.seconds:.1f}", result)
    console.print(table)
    for step in rehearsal.steps:
        if not step.ok:
            print_failure(step, console)


def print_failure(step: Step, console: Console) -> None:
    """Print the last lines of a step that failed, and what to do."""
    console.print(f"\n[red]{step.name} failed:[/]")
    for line in step.last_lines():
        console.print(f"    {escape(line)}")
    console.print(f"\n{escape(step.advice)}")

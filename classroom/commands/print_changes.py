"""Print what differs between two sections, or between a section and a copy of it."""

from pathlib import Path

from rich.markup import escape
from rich.syntax import Syntax

from classroom.console import console
from classroom.display.diff import FileChanges, compare, compare_files, count_lines
from classroom.sections import Section


def print_section_changes(before: Section, after: Section) -> None:
    """Print what the later of two sections changes in the earlier one.

    Raises UserError if they are in another order.
    """
    changes = compare(before, after)
    print_title(before, f"section {after.number}, {after.title}")
    print_files(changes)
    print_list("New promises", changes.added)
    print_list("Promises that no longer hold", changes.ended)
    print_lines(changes)


def print_own_changes(section: Section, folder: Path) -> None:
    """Print what a learner's folder changes in a section."""
    changes = compare_files(section.folder, folder)
    print_title(section, f"your code in {folder.name}")
    print_files(changes)
    print_lines(changes)
    if not (changes.new or changes.changed or changes.gone):
        console.print("No file differs.")


def print_title(before: Section, after: str) -> None:
    """Print what is compared."""
    title = f"From section {before.number}, {before.title}, to {after}"
    console.print(f"[bold]{escape(title)}[/]\n")


def print_files(changes: FileChanges) -> None:
    """Print which files are new, changed and removed."""
    changed = [f"{n} ({count_lines(d)})" for n, d in changes.changed.items()]
    print_list("New files", changes.new)
    print_list("Changed files", changed)
    print_list("Removed files", changes.gone)


def print_list(title: str, entries: list[str]) -> None:
    """Print a list below a title, unless it is empty."""
    if entries:
        console.print(f"[bold]{title}[/]")
    for entry in entries:
        console.print(f"  {escape(entry)}")


def print_lines(changes: FileChanges) -> None:
    """Print the changed lines of each file."""
    for name, lines in changes.changed.items():
        console.print(f"\n[bold]{escape(name)}[/]")
        console.print(Syntax("\n".join(lines), "diff", theme="ansi_dark"))

"""What the commands practice, hint, solution and watch do."""

import shutil

import click

from classroom.console import console
from classroom.errors import UserError
from classroom.exercises.exercise import Exercise, find_exercise
from classroom.exercises.workspace import is_untouched, prepare
from classroom.practice import in_terminal
from classroom.practice.checking import check_files
from classroom.practice.progress import (
    begin,
    next_hint,
    read_progress,
    record_solution,
)
from classroom.practice.report import WatchPrinter, print_findings
from classroom.practice.watch import watch
from classroom.sections import find_section
from classroom.server.forked import preload


def choose_exercise(name: str | None) -> Exercise:
    """Return an exercise by its name, or the one to continue with.

    name: "06.3", or a section, such as "06"; None means any section.

    Raises UserError if there is no such exercise or section, or all are done.
    """
    if name is not None and "." in name:
        return find_exercise(name)
    section = find_section(name).number if name else ""
    found = read_progress().next_exercise(section)
    if found is None:
        where = f" of section {section}" if section else ""
        raise UserError(f"You have done all exercises{where}.")
    return found


def practise(name: str | None, reset: bool) -> None:
    """Show the task of an exercise; or, if its files have changed, check them."""
    exercise = choose_exercise(name)
    begin(exercise)
    folder = exercise.own_folder
    if reset and folder.exists():
        where = f"my/exercises/{exercise.name}"
        click.confirm(f"Delete your changes in {where}?", abort=True)
        shutil.rmtree(folder)
    if prepare(exercise) or is_untouched(exercise):
        in_terminal.print_task(exercise)
        return
    console.print(f"[bold]{exercise}[/]  (my/exercises/{exercise.name}/TASK.md)")
    findings = check_files(exercise)
    print_findings(findings)
    if findings.is_done:
        in_terminal.print_next(read_progress().next_exercise())


def give_hint(name: str | None) -> None:
    """Print the hints of an exercise, one more than the last time."""
    exercise = choose_exercise(name)
    in_terminal.print_hints(exercise, next_hint(exercise))


def reveal(name: str | None, sure: bool) -> None:
    """Print the solution of an exercise; ask first, unless it is done."""
    exercise = choose_exercise(name)
    if not sure and not read_progress().of(exercise).done:
        click.confirm(f"Show the solution of {exercise}?", abort=True)
    record_solution(exercise)
    in_terminal.print_solution(exercise)


def watch_files() -> None:
    """Print the task to continue with, and check files as they are saved."""
    preload()
    in_terminal.print_next_task()
    console.print("\nWaiting for you to save a file. Press Ctrl-C to stop.")
    try:
        watch(WatchPrinter())
    except KeyboardInterrupt:
        console.print("\nStopped watching.")

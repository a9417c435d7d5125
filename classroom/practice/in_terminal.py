"""The exercises in a terminal: what the commands print."""

import os
from pathlib import Path

from rich.markdown import Markdown
from rich.markup import escape
from rich.syntax import Syntax

from classroom.console import LEARN, console
from classroom.exercises.exercise import Exercise
from classroom.exercises.workspace import SCRIPT, prepare
from classroom.practice.picture import Picture
from classroom.practice.progress import begin, read_progress


def print_task(exercise: Exercise) -> None:
    """Print what an exercise asks for, where its files are, and what to do next."""
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
    """Print a solution of an exercise, and why it works."""
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

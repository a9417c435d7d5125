"""The exercises in a notebook: start, check, hints, solution, progress."""

from IPython.display import Markdown, display

from classroom.exercises.exercise import find_exercise
from classroom.exercises.workspace import prepare
from classroom.practice.checking import check_work
from classroom.practice.picture import Picture
from classroom.practice.progress import (
    begin,
    next_hint,
    read_progress,
    record_solution,
)


def start_exercise(name: str | float) -> None:
    """Show what an exercise asks for, and make the files to work on.

    name: the exercise, such as "03.1": the first one of section 03.

    Files that exist already stay as they are. git ignores the folder my/.

    Raises UserError if there is no such exercise.
    """
    exercise = find_exercise(name)
    begin(exercise)
    text = f"**{exercise}**\n\n{exercise.task}"
    if not exercise.is_script:
        files = f"my/exercises/{exercise.name}"
        is_new = prepare(exercise)
        state = "are ready" if is_new else "are as you left them"
        text += f"\n\nYour files {state}, in `{files}`."
    display(Markdown(text))


def check_exercise(name: str | float, *work: object) -> None:
    """Show what is done of an exercise, and what is still missing: see run_check()."""
    display(check_work(name, *work))


def hint(name: str | float) -> None:
    """Show the hints of an exercise: one more each time.

    Raises UserError if there is no such exercise.
    """
    exercise = find_exercise(name)
    shown = exercise.hints[: next_hint(exercise)]
    lines = [f"{number}. {text}" for number, text in enumerate(shown, 1)]
    display(Markdown("\n".join(lines)))


def solution(name: str | float) -> None:
    """Show a solution of an exercise, and why it works.

    Raises UserError if there is no such exercise.
    """
    exercise = find_exercise(name)
    record_solution(exercise)
    language = "python" if exercise.is_script else "diff"
    code = f"```{language}\n{exercise.solution}```"
    display(Markdown(f"{code}\n\n{exercise.reason}"))


def show_progress() -> None:
    """Show which exercises are done, section by section."""
    display(Picture(read_progress()))

"""The progress of a student, as a picture: a row for each section."""

from html import escape
from itertools import groupby

from classroom.exercises.exercise import Exercise, all_exercises
from classroom.practice.progress import Progress

DONE, OPEN, SHOWN = "✓", "○", "◐"
LEGEND = f"{DONE} done   {OPEN} not yet   {SHOWN} done after its solution was shown"


def mark(exercise: Exercise, progress: Progress) -> str:
    """Return the character that shows the state of an exercise."""
    record = progress.of(exercise)
    if not record.done:
        return OPEN
    return SHOWN if record.solution else DONE


class Picture:
    """The exercises of each section, as a notebook or a terminal shows them."""

    def __init__(self, progress: Progress) -> None:
        self.rows: list[tuple[str, list[str]]] = []
        exercises = all_exercises()
        for section, group in groupby(exercises, lambda exercise: exercise.section):
            title = f"Section {int(section.number)}: {section.title}"
            self.rows.append((title, [mark(each, progress) for each in group]))
        following = progress.next_exercise()
        done = sum(progress.of(exercise).done for exercise in exercises)
        self.summary = f"{done} of {len(exercises)} done."
        self.summary += f" Next: {following}" if following else " Well done!"

    def __repr__(self) -> str:
        width = max(len(title) for title, _ in self.rows)
        lines = [f"{title:<{width}}   {' '.join(marks)}" for title, marks in self.rows]
        return "\n".join([*lines, "", LEGEND, self.summary])

    def _repr_html_(self) -> str:
        left = '<td style="text-align:left">'
        rows = "".join(
            f"<tr>{left}{escape(title)}</td>{left}{' '.join(marks)}</td></tr>"
            for title, marks in self.rows
        )
        return f"<table>{rows}</table><p>{LEGEND}</p><p>{escape(self.summary)}</p>"

"""What a student has done so far: my/progress.json."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from classroom.exercises.exercise import Exercise, all_exercises
from classroom.sections import own_folder


@dataclass
class Record:
    """What is known about one exercise.

    done: whether a check has accepted it, once; hints: how many were shown.
    solution: whether the solution was shown before it was done.
    """

    done: bool = False
    hints: int = 0
    solution: bool = False


@dataclass
class Progress:
    """What is known about all exercises.

    current: the name of the exercise that the student is working on, or "".
    records: by the name of the exercise.
    """

    current: str = ""
    records: dict[str, Record] = field(default_factory=dict)

    def of(self, exercise: Exercise) -> Record:
        """Return the record of an exercise."""
        return self.records.setdefault(exercise.name, Record())

    def next_exercise(self, section: str = "") -> Exercise | None:
        """Return the exercise to continue with, or None if all are done.

        It is the current one, or else the next one that is not done.

        section: the number of a section, to continue in that one only.
        """
        exercises = [e for e in all_exercises() if e.name.startswith(section)]
        names = [exercise.name for exercise in exercises]
        first = names.index(self.current) if self.current in names else 0
        from_here = exercises[first:] + exercises[:first]
        return next((e for e in from_here if not self.of(e).done), None)


def progress_file() -> Path:
    """Return the path of the file, even if there is none."""
    return own_folder("progress.json")


def read_progress() -> Progress:
    """Return what is known; a broken file is moved aside, with a message."""
    file = progress_file()
    try:
        return parse_progress(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Progress()
    except (ValueError, TypeError, AttributeError, LookupError):
        aside = file.with_name("progress.broken.json")
        os.replace(file, aside)
        print(
            f"my/{file.name} could not be read. It is now my/{aside.name}, and your "
            "progress starts again: check an exercise to record that it is done."
        )
        return Progress()


def parse_progress(text: str) -> Progress:
    """Return what is in the file; raise an error if that is not progress."""
    content = json.loads(text)
    records = {name: Record(**entry) for name, entry in content["records"].items()}
    for record in records.values():
        if not isinstance(record.hints, int):
            raise TypeError(record.hints)
    return Progress(str(content["current"]), records)


def write_progress(progress: Progress) -> None:
    """Replace the file in one step, so that no interruption can damage it."""
    file = progress_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    new.write_text(json.dumps(asdict(progress), indent=2), encoding="utf-8")
    os.replace(new, file)


def begin(exercise: Exercise) -> None:
    """Remember that the student works on an exercise."""
    progress = read_progress()
    progress.current = exercise.name
    write_progress(progress)


def record_done(exercise: Exercise) -> None:
    """Remember that a check has accepted an exercise."""
    progress = read_progress()
    progress.of(exercise).done = True
    write_progress(progress)


def next_hint(exercise: Exercise) -> int:
    """Return how many hints to show: one more than the last time."""
    progress = read_progress()
    record = progress.of(exercise)
    record.hints = min(record.hints + 1, len(exercise.hints))
    write_progress(progress)
    return record.hints


def record_solution(exercise: Exercise) -> None:
    """Remember that the solution was shown."""
    progress = read_progress()
    record = progress.of(exercise)
    record.solution = record.solution or not record.done
    write_progress(progress)

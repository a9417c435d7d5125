"""Look at what a student did in an exercise, and say what is done and what is not.

The exercises of a section stand in a module of their own, section03.py and so on: one
function for each, which takes what the student hands in and yields a Finding for
each thing that was asked for.
"""

import importlib
import inspect
from dataclasses import dataclass
from html import escape

import requests
from IPython.display import display

from classroom.client import ServerGone
from classroom.errors import Problem

# What goes wrong in a check if something is missing that it relies on.
UNEXPECTED = (
    *(requests.RequestException, ArithmeticError, AttributeError),
    *(LookupError, TypeError, ValueError),
)


@dataclass(frozen=True)
class Finding:
    """One thing that an exercise asks for.

    done: whether it was found.
    text: what it is; where it is not done, with a hint.
    """

    done: bool
    text: str


class Findings(list[Finding]):
    """All that an exercise asks for, as a notebook or a terminal shows it."""

    @property
    def verdict(self) -> str:
        """One line that sums up."""
        done = sum(finding.done for finding in self)
        if done == len(self):
            return "All done. Well done!"
        return f"{done} of {len(self)} done."

    def __repr__(self) -> str:
        marks = [f"{'✓' if f.done else '○'} {f.text}" for f in self]
        return "\n".join([*marks, self.verdict])

    def _repr_html_(self) -> str:
        lines = "".join(
            f'<li style="list-style:none; color:{"#1a7f37" if f.done else "#bc4c00"}">'
            f"{'✓' if f.done else '○'} {escape(f.text)}</li>"
            for f in self
        )
        return f'<ul style="padding-left:0">{lines}</ul><p><b>{self.verdict}</b></p>'


def look_at(name: str | float, *work: object) -> Findings:
    """Return what was found of an exercise.

    name: the exercise, such as "03.1": the first one of section 03.
    work: what the exercise asks you to hand in, such as the api it was done with.

    Raises Problem if there is no such exercise, or it asks for something else.
    """
    section, _, number = str(name).partition(".")
    try:
        module = importlib.import_module(f"classroom.exercises.section{section:0>2}")
        look = getattr(module, f"exercise_{number}")
    except (ImportError, AttributeError):
        raise Problem(f"There is no exercise {name!r}.") from None
    wanted = inspect.signature(look)
    try:
        wanted.bind(*work)
    except TypeError:
        call = ", ".join([f'"{name}"', *wanted.parameters])
        raise Problem(f"Hand in what it asks for: check_exercise({call})") from None
    findings = Findings()
    try:
        findings.extend(look(*work))
    except ServerGone as error:
        findings.append(Finding(False, str(error)))
    except UNEXPECTED as error:
        text = f"An answer, or what you handed in, is not as it should be: {error!r}"
        findings.append(Finding(False, text))
    return findings


def check_exercise(name: str | float, *work: object) -> None:
    """Show what is done of an exercise, and what is still missing: see look_at()."""
    display(look_at(name, *work))

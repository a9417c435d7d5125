"""Look at what a student did in an exercise, and say what is done and what is not.

The exercises of a section stand in a module of their own, section03.py and so on: one
function for each, which takes what the student hands in and yields a Finding for
each thing that was asked for.
"""

import importlib
import inspect

import requests
from IPython.display import display

from classroom.errors import UserError
from classroom.exercises.finding import Finding, Findings
from classroom.server.client import ServerGone

# What goes wrong in a check if something is missing that it relies on.
UNEXPECTED = (
    *(requests.RequestException, ArithmeticError, AttributeError),
    *(LookupError, TypeError, ValueError),
)


def look_at(name: str | float, *work: object) -> Findings:
    """Return what was found of an exercise.

    name: the exercise, such as "03.1": the first one of section 03.
    work: what the exercise asks you to hand in, such as the api it was done with.

    Raises UserError if there is no such exercise, or it asks for something else.
    """
    section, _, number = str(name).partition(".")
    try:
        module = importlib.import_module(f"classroom.exercises.section{section:0>2}")
        look = getattr(module, f"exercise_{number}")
    except (ImportError, AttributeError):
        raise UserError(f"There is no exercise {name!r}.") from None
    wanted = inspect.signature(look)
    try:
        wanted.bind(*work)
    except TypeError:
        call = ", ".join([f'"{name}"', *wanted.parameters])
        raise UserError(f"Hand in what it asks for: check_exercise({call})") from None
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

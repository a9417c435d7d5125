"""Check an exercise: what is done, and what is still missing.

The exercises of a section are in a module of their own, section03.py and so on. Each
is a function that takes what the student hands in, and yields a Finding for each thing
that the exercise asks for.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator

from classroom.errors import UserError
from classroom.exercises.common import UNEXPECTED
from classroom.exercises.finding import Finding, Findings, Note
from classroom.server.client import ServerGone

# A function of such a module.
Check = Callable[..., Iterator[Finding | Note]]


def run_check(name: str | float, *work: object) -> Findings:
    """Return the findings of an exercise.

    name: the exercise, such as "03.1": the first one of section 03.
    work: what the exercise asks you to hand in, such as the api you used.

    Raises UserError if there is no such exercise, or it asks for other arguments.
    """
    check = find_check(name)
    signature = inspect.signature(check)
    try:
        signature.bind(*work)
    except TypeError:
        call = ", ".join([f'"{name}"', *signature.parameters])
        raise UserError(f"Pass what it asks for: check_exercise({call})") from None
    findings = Findings()
    try:
        for found in check(*work):
            if isinstance(found, Note):
                findings.notes.append(found)
            else:
                findings.append(found)
    except ServerGone as error:
        findings.append(Finding(False, str(error)))
    except UNEXPECTED as error:
        message = f"A response, or what you handed in, is not as expected: {error!r}"
        findings.append(Finding(False, message))
    return findings


def find_check(name: str | float) -> Check:
    """Return the function that checks an exercise.

    Raises UserError if there is no such exercise.
    """
    section, _, number = str(name).partition(".")
    try:
        module = importlib.import_module(f"classroom.exercises.section{section:0>2}")
        check: Check = getattr(module, f"exercise_{number}")
    except (ImportError, AttributeError):
        raise UserError(f"There is no exercise {name!r}.") from None
    return check


def parameters_of(name: str | float) -> list[str]:
    """Return the names of what an exercise asks you to hand in, such as ["api"]."""
    return list(inspect.signature(find_check(name)).parameters)

"""Check a student's work, and record what is done."""

import re
import traceback
from pathlib import Path

from classroom.exercises.check import parameters_of, run_check
from classroom.exercises.common import log_in
from classroom.exercises.exercise import Exercise, find_exercise
from classroom.exercises.finding import Finding, Findings
from classroom.exercises.workspace import SCRIPT
from classroom.practice.progress import record_done
from classroom.server.notebook_servers import start_server, stop_all


class ScriptError(Exception):
    """A student's script cannot be checked; the message says why."""


def check_work(name: str | float, *work: object) -> Findings:
    """Check an exercise as run_check() does, and record it if it is done."""
    findings = run_check(name, *work)
    if findings.is_done:
        record_done(find_exercise(name))
    return findings


def check_files(exercise: Exercise) -> Findings:
    """Check a student's files of an exercise, and record it if it is done."""
    if not exercise.is_script or not exercise.own_folder.exists():
        return check_work(exercise.name)
    try:
        variables = run_script(exercise)
        return check_variables(exercise, variables)
    except ScriptError as error:
        return Findings([Finding(False, str(error))])
    finally:
        stop_all()


def check_variables(exercise: Exercise, variables: dict[str, object]) -> Findings:
    """Check the variables of a script that an exercise asks for."""
    names = parameters_of(exercise.name)
    for name in names:
        if name not in variables:
            raise ScriptError(f"{SCRIPT} has no variable {name}.")
    return check_work(exercise.name, *(variables[name] for name in names))


def run_script(exercise: Exercise) -> dict[str, object]:
    """Run work.py, as a notebook runs a cell, and return its variables.

    If the code uses api, that is a session with a new server of the section, where ana
    is logged in.
    """
    file = exercise.own_folder / SCRIPT
    code = file.read_text(encoding="utf-8")
    variables: dict[str, object] = {}
    if re.search(r"\bapi\b", code):
        api = start_server(exercise.section.number)
        section = exercise.section
        if section.number > "03" and not section.beside_staircase:
            log_in(api)  # from 04 on, there are tokens
        variables["api"] = api
    try:
        exec(compile(code, str(file), "exec"), variables)
    except (Exception, SystemExit) as error:
        raise ScriptError(describe_error(error, file)) from error
    return variables


def describe_error(error: BaseException, file: Path) -> str:
    """Return an error that a student's script has raised, with its line."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(file)
    ]
    if isinstance(error, SyntaxError):  # as a string, it would name the line as well
        line, message = error.lineno, error.msg
    else:
        line, message = lines[-1], str(error)
    return f"Your code fails: {type(error).__name__}: {message} ({SCRIPT}, line {line})"

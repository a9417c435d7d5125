"""Find out where a student's code fails, in what its server has printed."""

import re
from collections.abc import Iterator
from pathlib import Path

from classroom.display.log import read_log
from classroom.exercises.advice import advise
from classroom.sections import section_files

TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n((?: .*\n)+)(\S.*)", re.MULTILINE
)
FRAME = re.compile(r'^ +File "(.+)", line (\d+)', re.MULTILINE)
CAUSED = "The above exception was the direct cause of the following exception"
HANDLED = "During handling of the above exception, another exception occurred"
# Of these, Flask names the view, but the traceback has no line of it.
VIEW = re.compile(r"The view function for '(?:\w+\.)?(\w+)'|^TypeError: ([\w.]+)\(\) ")
LONGEST_ERROR = 300  # characters


def find_failures(folder: Path, output: str) -> list[str]:
    """Return each error in a server's output, in lines: what, where, what to try.

    folder: with the student's code; output: what the server printed.
    """
    chains = read_chains(read_tracebacks(output))
    return list(dict.fromkeys(describe(folder, chain) for chain in chains))


def read_tracebacks(output: str) -> str:
    """Return a server's output; of a line in JSON with a traceback, only that."""
    lines = []
    for line in output.splitlines():
        logged = read_log(line)
        lines.append(str(logged[0].get("exc_info", "")) if logged else line)
    return "\n".join([*lines, ""])


def read_chains(output: str) -> list[list[tuple[str, str, str]]]:
    """Return the errors in a server's output, each with those that led to it.

    An error is its link to the one before it, its frames and its message.
    """
    chains: list[list[tuple[str, str, str]]] = []
    end = 0
    for found in TRACEBACK.finditer(output):
        between = output[end : found.start()]
        links = [link for link in (CAUSED, HANDLED) if link in between]
        if not links or not chains:
            chains.append([])
        chains[-1].append(("".join(links), found[1], found[2]))
        end = found.end()
    return chains


def describe(folder: Path, chain: list[tuple[str, str, str]]) -> str:
    """Return the error of a chain that matters, its place and advice.

    That is the first one in the student's code. But if that code has caught it, and
    then made another error, that one matters.
    """
    error, where = chain[0][2], find_view(folder, chain[0][2])
    is_own = False
    for link, frames, message in chain:
        places = list(own_places(folder, frames))
        raised_here = bool(places) and places[-1] == FRAME.findall(frames)[-1]
        if places and (not is_own or (link == HANDLED and raised_here)):
            error, is_own = message, True
            where = quote_line(folder, Path(places[-1][0]), int(places[-1][1]))
    return "\n".join(filter(None, [error[:LONGEST_ERROR], where, advise(error)]))


def own_places(folder: Path, frames: str) -> Iterator[tuple[str, str]]:
    """Yield the file and the line of each frame in the student's code."""
    own = {str(path) for path in section_files(folder).values()}
    return (frame for frame in FRAME.findall(frames) if frame[0] in own)


def quote_line(folder: Path, file: Path, number: int) -> str:
    """Return a place and the code there, such as "app.py, line 12: return x"."""
    lines = file.read_text("utf-8", "replace").splitlines()
    code = lines[number - 1].strip() if number <= len(lines) else ""
    return f"{file.relative_to(folder).as_posix()}, line {number}: {code}"


def find_view(folder: Path, error: str) -> str:
    """Return where the view is that an error of Flask names; "" if it names none."""
    named = VIEW.search(error)
    if not named:
        return ""
    outer, _, inner = (named[1] or named[2]).partition(".")
    definition = rf"^(def|class) {outer}\b" + (
        rf"(.|\n)*?^ +def {inner}\b" if inner else ""
    )
    for file in section_files(folder).values():
        if file.suffix == ".py":
            code = file.read_text("utf-8", "replace")
            if found := re.search(definition, code, re.MULTILINE):
                return quote_line(folder, file, code.count("\n", 0, found.end()) + 1)
    return ""

"""The calls of functions in a recorded request, with the lines that ran."""

import ast
import re
import textwrap
from dataclasses import dataclass, field
from typing import Any

Step = dict[str, Any]

MOST_VALUES = 3  # of a variable that is assigned again and again
ROLES = {
    "view": "the view",
    "before": "before each request",
    "after": "after each request",
    "end": "at the end of each request",
    "error": "error handler",
}


@dataclass
class Line:
    """A line of source code.

    number: in its file; 0 for lines that are left out.
    ran: whether it ran; began: when its statement first ran, as the position of a step,
        or None if it begins in a line above.
    notes: what happened in it, each as a kind and one or more lines of text.
    """

    number: int
    text: str
    ran: bool = False
    began: int | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Call:
    """A call of a function: where it is, what it was passed, and what happened in it.

    caller: the index of the call that made it, or None if Flask or a library did.
    role: for what Flask calls it, a key of ROLES; "" for other functions.
    source: its code; depth: how many functions of the app it is nested in.
    """

    index: int
    file: str
    function: str
    first_line: int
    caller: int | None
    role: str
    arguments: dict[str, str]
    source: "Function"
    depth: int = 0
    steps: list[Step] = field(default_factory=list)

    def title(self, width: int) -> str:
        """Return the function with its arguments, in about so many characters."""
        arguments = ", ".join(f"{name}={v}" for name, v in self.arguments.items())
        shown = textwrap.shorten(arguments, width, placeholder=" …")
        return f"{self.function}({shown})"

    @property
    def caller_name(self) -> str:
        """What calls it, if it is not a function of the app."""
        return ROLES.get(self.role, "" if self.depth else "called by a library")

    def last(self, *kinds: str) -> Step | None:
        """Return the last step that is of one of some kinds."""
        return next((s for s in reversed(self.steps) if s["kind"] in kinds), None)

    @property
    def end(self) -> Step | None:
        """How it ended: the step that returned, or raised an exception."""
        end = self.last("return", "raise", "line")
        return None if end is None or end["kind"] == "line" else end

    @property
    def returned(self) -> str:
        """What it returned; "" for None, and if it raised an exception."""
        end = self.end
        if end is None or end["kind"] != "return" or end["value"] == "None":
            return ""
        return str(end["value"])


def read_calls(recording: dict[str, Any]) -> list[Call]:
    """Return the calls of a recording, each with its steps."""
    calls: list[Call] = []
    for position, step in enumerate(recording["steps"]):
        step["position"] = position
    for index, recorded in enumerate(recording["calls"]):
        source = Function(
            recording["sources"][recorded["file"]], recorded["first_line"]
        )
        call = Call(index, source=source, **recorded)
        call.depth = 0 if call.caller is None else calls[call.caller].depth + 1
        calls.append(call)
    for step in recording["steps"]:
        if step["call"] is not None:
            calls[step["call"]].steps.append(step)
    for call in calls:
        end = call.last("return")
        if end:
            end["line"] = call.source.find_return(call.steps) or end["line"]
    return calls


class Function:
    """The source code of a function.

    first, last: its lines, with its decorators; body: the first line after "def …:".
    starts: the first line of the statement that each line belongs to.
    compound, returns, constants: the first lines of statements that contain others or
        a loop of their own, of return statements, and of assignments of a constant.
    """

    def __init__(self, source: str, first_line: int) -> None:
        self.lines = source.splitlines()
        node = find_function(source, first_line)
        self.first, self.last = first_line, node.end_lineno or first_line
        self.body = node.body[0].lineno
        self.starts: dict[int, int] = {}
        self.compound: set[int] = set()
        self.returns: set[int] = set()
        self.constants: set[int] = set()
        for part in ast.walk(node):  # what is inside comes after what is around it
            if part is node or not isinstance(part, (ast.stmt, ast.ExceptHandler)):
                continue
            if isinstance(part, ast.Return):
                self.returns.add(part.lineno)
            if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant):
                self.constants.add(part.lineno)
            if any(isinstance(inner, ast.comprehension) for inner in ast.walk(part)):
                self.compound.add(part.lineno)
            last = part.end_lineno or part.lineno
            inner = getattr(part, "body", None)
            if inner:
                self.compound.add(part.lineno)
                last = max(part.lineno, inner[0].lineno - 1)
            self.starts |= dict.fromkeys(range(part.lineno, last + 1), part.lineno)

    def find_return(self, steps: list[Step]) -> int | None:
        """Return the line of the return statement that ran, if any.

        After "return" in a with block, Python comes back to the line of "with".
        """
        lines = [self.start(step["line"]) for step in steps if step["kind"] == "line"]
        return next((line for line in reversed(lines) if line in self.returns), None)

    def start(self, line: int) -> int:
        """Return the first line of the statement that a line belongs to."""
        return self.starts.get(line, line)

    def end(self, line: int) -> int:
        """Return the last line of the statement that begins in a line."""
        lines = [number for number, start in self.starts.items() if start == line]
        return max(lines, default=line)


def find_function(source: str, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return the function whose first line, or decorator, is in a line.

    Raises StopIteration if the source has changed since.
    """
    return next(
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and line == min(part.lineno for part in [node, *node.decorator_list])
    )


def find_runs(function: Function, steps: list[Step]) -> dict[int, list[int]]:
    """Return when each statement ran, by its first line, as positions of steps."""
    runs: dict[int, list[int]] = {}
    before = 0
    for step in steps:
        if step["kind"] != "line":
            continue
        line, start = step["line"], function.start(step["line"])
        # Python goes back and forth between the lines of a long statement.
        if start != function.start(before) or line == start == before:
            runs.setdefault(start, []).append(step["position"])
        before = line
    return runs


def make_lines(call: Call, times: bool) -> list[Line]:
    """Return the lines of a function, marked and with notes on what happened.

    times: whether to show those of SQL.
    """
    function, steps = call.source, call.steps
    runs = find_runs(function, steps)
    notes = make_notes(function, steps, times)
    text = textwrap.dedent(
        "\n".join(function.lines[function.first - 1 : function.last])
    ).splitlines()
    lines = []
    for number, code in enumerate(text, function.first):
        start = function.start(number)
        began = runs[number][0] if number in runs else None
        line = Line(number, code, start in runs, began)
        if number == function.end(start):
            line.notes = notes.get(start, [])
            count = len(runs.get(start, ()))
            if count > 1 and start not in function.compound:
                line.notes.append(("times", f"ran {count} times"))
        lines.append(line)
    return leave_out(lines, function.body)


def leave_out(lines: list[Line], body: int) -> list[Line]:
    """Replace three or more lines that did not run by one line with dots.

    body: the number of the first line that can be left out.
    """
    kept: list[Line] = []
    stretch: list[Line] = []
    for line in [*lines, None]:
        if line and not line.ran and line.number >= body:
            stretch.append(line)
            continue
        if len(stretch) > 2:
            indent = stretch[0].text[: -len(stretch[0].text.lstrip()) or None]
            stretch = [Line(0, f"{indent}⋮")]
        kept += stretch
        stretch = []
        if line:
            kept.append(line)
    return kept


def make_notes(
    function: Function, steps: list[Step], times: bool
) -> dict[int, list[tuple[str, str]]]:
    """Return what happened in each statement, by its first line."""
    notes: dict[int, list[tuple[str, str]]] = {}
    values: dict[tuple[int, str], list[str]] = {}
    raised: set[int] = set()
    for step in steps:
        start = function.start(step["line"])
        here = notes.setdefault(start, [])
        match step["kind"]:
            case "assign" if start not in function.constants and is_telling(step):
                values.setdefault((start, step["name"]), []).append(step["value"])
            case "sql":
                here.append(("sql", describe_sql(step, times)))
            case "raise" if step["id"] not in raised:
                raised.add(step["id"])
                here.append(("raise", f"raises {step['error']}"))
            case "return" if step["value"] != "None":
                here.append(("return", f"returns {step['value']}"))
    for (start, name), found in reversed(values.items()):
        shown = [f"{name} = {', then '.join(found[:MOST_VALUES])}"]
        if len(found) > MOST_VALUES:
            shown.append(f"… {len(found)} values in all")
        after_sql = [note for note in notes[start] if note[0] != "sql"]
        sql = [note for note in notes[start] if note[0] == "sql"]
        notes[start] = [*sql, ("assign", ", ".join(shown)), *after_sql]
    return notes


def is_telling(step: Step) -> bool:
    """Return whether an assignment is worth a note: <Select> says nothing new."""
    is_named = not step["name"].startswith("_")
    return is_named and not re.fullmatch(r"[\[(]?(<\w+>,? ?)+[])]?", step["value"])


def describe_sql(step: Step, times: bool) -> str:
    """Return a statement with its parameters and, if wanted, its time."""
    lines = [line.strip() for line in step["statement"].splitlines()]
    if step["parameters"]:
        lines.append(f"parameters: {step['parameters']}")
    if times and step["seconds"]:
        lines.append(f"{step['seconds'] * 1000:.2f} ms")
    return "\n".join(lines)

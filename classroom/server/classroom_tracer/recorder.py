"""Record the lines of an app's own functions that one thread runs."""

import dis
import inspect
import sys
import threading
import time
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from . import comprehensions
from .values import Values

MOST_STEPS = 5000  # the rest is not recorded
# The methods of SQLAlchemy that all SQL goes through.
SQLALCHEMY = ("sqlalchemy", "engine")
EXECUTE = {"do_execute", "do_executemany", "do_execute_no_params"}
END = {"_commit_impl": "COMMIT", "_rollback_impl": "ROLLBACK"}

current = threading.local()  # its recorder: that of the request this thread handles


class Recorder:
    """Records what this thread runs within a with block, in the order it happens.

    folder: only the functions in its Python files are recorded.
    values: describes their values; roles: for what Flask calls some of the functions.
    calls: the calls of functions. steps: what happened in each, by the call's index:
        lines, assignments, SQL, exceptions, and what was returned.
    """

    def __init__(
        self, folder: Path, values: Values, roles: dict[CodeType | None, str]
    ) -> None:
        self.folder, self.values, self.roles = folder, values, roles
        self.calls: list[dict[str, object]] = []
        self.steps: list[dict[str, object]] = []
        self.is_cut = False  # whether there were more steps
        self.error: BaseException | None = None  # the last one
        self.error_count = 0
        self.stack: list[Call] = []
        self.files: dict[str, str] = {}  # by the name in the code; "" if not in folder
        self.generators: dict[FrameType, Call] = {}

    def __enter__(self) -> None:
        current.recorder = self
        sys.settrace(self.on_call)

    def __exit__(self, *error: object) -> None:
        sys.settrace(None)
        current.recorder = self.error = None
        self.generators.clear()

    def add(self, kind: str, call: "Call | None", **details: object) -> None:
        """Record a step."""
        if len(self.steps) >= MOST_STEPS:
            self.is_cut = True
            sys.settrace(None)
            return
        index, line = (call.index, call.line) if call else (None, None)
        step = {"kind": kind, "call": index, "line": line}
        self.steps.append(step | details)

    def number_error(self, error: BaseException) -> int:
        """Return a number for an exception: the same one as long as it is not caught.

        Its id() would not do, since Python uses it again for a later exception.
        """
        if error is not self.error:
            self.error = error
            self.error_count += 1
        return self.error_count

    def add_sql(
        self, statement: str, parameters: object = None, seconds: float = 0.0
    ) -> None:
        """Record a statement that was sent to a database."""
        shown = self.values.describe(parameters) if parameters else ""
        self.add(
            "sql",
            self.stack[-1] if self.stack else None,
            statement=self.values.mask(statement.strip()),
            parameters=shown,
            seconds=seconds,
        )

    def find_file(self, name: str) -> str:
        """Return the path of a Python file in the folder; "" if it is not in it."""
        if name not in self.files:
            path = Path(name)
            is_own = path.suffix == ".py" and path.is_relative_to(self.folder)
            own = path.relative_to(self.folder) if is_own else Path()
            is_own = is_own and "site-packages" not in own.parts
            self.files[name] = own.as_posix() if is_own else ""
        return self.files[name]

    def on_call(self, frame: FrameType, event: str, argument: object) -> Any:
        """Record the call of a function; return what traces its lines, or None."""
        code = frame.f_code
        file = self.find_file(code.co_filename)
        if not file:
            return self.on_library_call(frame)
        if code.co_name in comprehensions.FRAMES:
            is_inside = self.stack and self.stack[-1].frame is frame.f_back
            return self.stack[-1].trace_comprehension if is_inside else None
        if code.co_name.startswith("<"):  # a lambda, or a module
            return None
        call = self.generators.get(frame) or Call(self, frame, file)
        if code.co_flags & inspect.CO_GENERATOR:  # it is called for each value
            self.generators[frame] = call
        self.stack.append(call)
        return call.trace

    def on_library_call(self, frame: FrameType) -> Any:
        """Record the SQL that SQLAlchemy sends; other functions are not traced."""
        name = frame.f_code.co_name
        if name not in EXECUTE and name not in END:
            return None
        if Path(frame.f_code.co_filename).parts[-3:-1] != SQLALCHEMY:
            return None
        if name in END:
            if self.stack:  # SQLAlchemy itself ends a transaction after each request
                self.add_sql(END[name])
            return None
        frame.f_trace_lines = False
        start = time.perf_counter()

        def on_return(frame: FrameType, event: str, argument: object) -> Any:
            """Record a statement when it has been executed."""
            if event == "return":
                seconds = time.perf_counter() - start
                sent = frame.f_locals
                self.add_sql(sent["statement"], sent.get("parameters"), seconds)
            return on_return

        return on_return


class Call:
    """A call of a function, which records its lines and its variables.

    line: the line that runs at present.
    """

    def __init__(self, recorder: Recorder, frame: FrameType, file: str) -> None:
        self.recorder, self.frame = recorder, frame
        self.index, self.line = len(recorder.calls), frame.f_lineno
        self.error: dict[str, object] = {}  # the last exception
        self.is_raising = False
        self.variables: dict[str, str] = {}
        names, rest, keywords, _ = inspect.getargvalues(frame)
        arguments = [*names, *filter(None, [rest, keywords])]
        self.note_changes(frame)
        recorder.calls.append(
            {
                "file": file,
                "function": frame.f_code.co_qualname.replace(".<locals>", ""),
                "first_line": frame.f_code.co_firstlineno,
                "caller": recorder.stack[-1].index if recorder.stack else None,
                "role": recorder.roles.get(frame.f_code, ""),
                "arguments": {n: self.variables[n] for n in arguments if self.has(n)},
            }
        )

    def has(self, argument: str) -> bool:
        """Return whether an argument is worth showing: not cls, nor most of self."""
        value = self.frame.f_locals.get(argument)
        if argument in ("self", "cls"):
            return self.recorder.values.has_fields(value)
        return argument in self.variables

    def note_changes(self, frame: FrameType) -> list[tuple[str, str]]:
        """Return the variables that have changed since the last time."""
        describe = self.recorder.values.describe
        found = {name: describe(v, name) for name, v in frame.f_locals.items()}
        for name in comprehensions.variables_at(frame.f_code, frame.f_lasti):
            found.pop(name, None)
            if name in self.variables:
                found[name] = self.variables[name]
        changes = found.items() - self.variables.items()
        self.variables = found
        return [(name, found[name]) for name in found if (name, found[name]) in changes]

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Record what happens in the function."""
        for name, value in self.note_changes(frame):
            if name not in ("self", "cls"):
                self.recorder.add("assign", self, name=name, value=value)
        if event == "line":
            self.is_raising = False
            self.line = frame.f_lineno
            self.recorder.add("line", self)
        elif event == "exception":
            self.on_exception(*argument)
        elif event == "return":
            self.on_return(frame, argument)
        return self.trace

    def trace_comprehension(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Record the lines of a comprehension as lines of the function around it."""
        if event == "line":
            self.line = frame.f_lineno
            self.recorder.add("line", self)
        return self.trace_comprehension

    def on_exception(
        self, kind: type, error: BaseException, traceback: TracebackType | None
    ) -> None:
        """Record an exception that the current line raises, or lets through."""
        if kind in (StopIteration, GeneratorExit):  # ends of loops, not errors
            return
        self.is_raising = True
        inner = traceback.tb_next if traceback else None
        self.error = {
            "id": self.recorder.number_error(error),
            "error": self.recorder.values.describe_error(error),
            "by_abort": inner is not None and inner.tb_frame.f_code.co_name == "abort",
        }
        self.recorder.add("raise", self, **self.error)

    def on_return(self, frame: FrameType, value: object) -> None:
        """Record what the function returns, unless it raises an exception instead."""
        stack = self.recorder.stack
        if stack and stack[-1] is self:
            stack.pop()
        code = frame.f_code
        operation = dis.opname[code.co_code[frame.f_lasti]]
        if code.co_flags & inspect.CO_GENERATOR:
            return
        if operation.startswith("RETURN"):
            shown = self.recorder.values.describe(value)
            self.recorder.add("return", self, value=shown)
        elif self.error and not self.is_raising:  # an exception is raised again
            self.recorder.add("raise", self, **self.error)

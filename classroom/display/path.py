"""Show the path of a request: what ran to respond to it."""

import itertools
import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import PurePosixPath

import requests
from IPython.display import display

from classroom.display.masks import HIDDEN, UNPARSED_PASSWORD, UUID, UUID_FORMAT
from classroom.display.path_calls import (
    Call,
    Line,
    describe_sql,
    make_lines,
    read_calls,
)
from classroom.display.path_end import describe_end, find_handler, find_maker
from classroom.display.statuses import badge, name_status
from classroom.errors import UserError
from classroom.server.follow import read_recording

WIDTH = 88  # characters in a line of text
LEGEND = "The numbers give the order in which the lines ran. The others did not run."
# Backgrounds and opacity: the colour of text is that of the page, light or dark.
STYLES = {
    "ran": "font-weight:inherit; background:rgba(9, 105, 218, .22)",
    "not run": "opacity:.75",
    "note": "opacity:.9",
}
TAGS = {"ran": "b", "not run": "span", "note": "i"}


class Block:
    """The call of a function, as it is shown.

    is_open: whether its lines are shown at once.
    repeated: how many more calls ran the same lines; they are not shown.
    order: the numbers of its lines, by the steps in which they began.
    """

    def __init__(self, call: Call, is_open: bool) -> None:
        self.call, self.is_open, self.repeated = call, is_open, 0
        self.lines: list[Line] = []
        self.order: dict[int, int] = {}

    @property
    def title(self) -> str:
        """The file and the function, with its arguments."""
        return f"{self.call.file}: {self.call.title(50 if self.is_open else 30)}"

    @property
    def remark(self) -> str:
        """What follows the title: the function's role, its result, its other calls."""
        returned = f"returns {self.call.returned}" if self.call.returned else ""
        if self.is_open or len(returned) > 40:  # then it is among the notes
            returned = ""
        plural = "" if self.repeated == 1 else "s"
        repeated = f"{self.repeated} more call{plural} like this"
        parts = [self.call.caller_name, returned, repeated if self.repeated else ""]
        return ", ".join(part for part in parts if part)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield its lines and notes, each with a key of STYLES."""
        for line in self.lines:
            step = ""
            if line.began is not None:
                step = str(self.order.get(line.began, "•"))
            gutter = f"{step:>3} {line.number or '':>4}  "
            yield "ran" if line.ran else "not run", f"{gutter}{line.text}".rstrip()
            indent = len(line.text) - len(line.text.lstrip())
            for note in line.notes:
                for text in note_lines(*note, WIDTH - len(gutter) - indent):
                    yield "note", f"{' ' * (len(gutter) + indent)}{text}"

    def sql_rows(self) -> Iterator[str]:
        """Yield the SQL that the function sent, as notes."""
        for line in self.lines:
            for kind, text in line.notes:
                if kind == "sql":
                    yield from note_lines(kind, text, WIDTH - 10)


class Path:
    """What ran to respond to a request, as a notebook or a terminal shows it.

    times: whether to show how long each SQL statement took, which differs in each run.

    Raises UserError if the request was not followed.
    """

    def __init__(self, response: requests.Response, times: bool = False) -> None:
        recording = read_recording(response)
        if recording["changed"]:
            raise UserError(
                f"{recording['changed'][0]} has changed since the server was started: "
                "start it again with serve(), and send the request again."
            )
        request = response.request
        url = UNPARSED_PASSWORD.sub(rf"\1{HIDDEN}", request.path_url)
        self.request = UUID.sub(UUID_FORMAT, f"{request.method} {url}")
        self.status: int = recording["status"]
        calls = read_calls(recording)
        self.blocks = make_blocks(calls)
        for block in self.blocks:
            block.lines = make_lines(block.call, times)
        number_lines(self.blocks)
        sql = [step for step in recording["steps"] if step["kind"] == "sql"]
        self.by_libraries = [
            describe_sql(step, times) for step in sql if step["call"] is None
        ]
        count = sum(s["statement"] not in ("COMMIT", "ROLLBACK") for s in sql)
        plural = "" if count == 1 else "s"
        statements = f" The app sent {count} SQL statement{plural}." if count else ""
        self.end = f"{describe_end(recording, calls)}.{statements}"

    def library_rows(self) -> list[str]:
        """Return the SQL that libraries sent after the view, as notes."""
        rows = [note_lines("sql", text, WIDTH - 2) for text in self.by_libraries]
        title = "SQL sent by a library, outside the functions of this app:"
        return [title, *itertools.chain(*rows)] if rows else []

    def __repr__(self) -> str:
        parts = [[self.request, LEGEND]]
        was_open = True
        for block in self.blocks:
            margin = "  " * block.call.depth
            remark = f" ({block.remark})" if block.remark else ""
            rows = [f"{block.title}{remark}"]
            rows += [text for _, text in block.rows()] if block.is_open else []
            rows += [f"    {t}" for t in block.sql_rows()] if not block.is_open else []
            if was_open or block.is_open:
                parts.append([])
            parts[-1] += [f"{margin}{row}" for row in rows]
            was_open = block.is_open
        parts.append(self.library_rows())
        end = f"→ {name_status(self.status)}: {self.end}"
        parts.append(textwrap.wrap(end, WIDTH))
        return "\n\n".join("\n".join(rows) for rows in parts if rows)

    def _repr_html_(self) -> str:
        libraries = "\n".join(map(escape, self.library_rows()))
        blocks = "".join(map(block_html, self.blocks))
        return (
            f"<div><code>{escape(self.request)}</code><br>{LEGEND}</div>"
            f"{blocks}{f'<pre>{libraries}</pre>' if libraries else ''}"
            f"<p>{badge(self.status)} {escape(self.end)}</p>"
        )


def number_lines(blocks: list[Block]) -> None:
    """Number the lines of open blocks in the order in which they first ran."""
    opened = [block for block in blocks if block.is_open]
    lines = [line for block in opened for line in block.lines]
    began = sorted(line.began for line in lines if line.began is not None)
    order = {position: number for number, position in enumerate(began, 1)}
    for block in opened:
        block.order = order


def block_html(block: Block) -> str:
    """Return the HTML of the call of a function, which can be folded."""
    rows = "\n".join(
        f'<{TAGS[kind]} style="{STYLES[kind]}">{escape(text)}</{TAGS[kind]}>'
        for kind, text in block.rows()
    )
    count = sum(kind == "sql" for line in block.lines for kind, _ in line.notes)
    plural = "" if count == 1 else "s"
    sql = f"{count} SQL statement{plural}" if count and not block.is_open else ""
    remark = ", ".join(part for part in (block.remark, sql) if part)
    title = f"<code>{escape(block.title)}</code>"
    return (
        f"<details{' open' if block.is_open else ''} "
        f'style="margin-left:{2 * block.call.depth}em">'
        f"<summary>{title} {escape(remark)}</summary>"
        f'<pre style="margin:4px 0 12px; line-height:1.35">{rows}</pre></details>'
    )


def note_lines(kind: str, text: str, width: int) -> Iterator[str]:
    """Yield the lines of a note, as comments that are not too long."""
    label = "SQL: " if kind == "sql" else ""
    for line in text.splitlines():
        for part in textwrap.wrap(line, max(width - 2 - len(label), 40)):
            yield f"# {label}{part}"
            label = " " * len(label)


def make_blocks(calls: list[Call]) -> list[Block]:
    """Return the calls to show; of calls that ran the same lines, only the first."""
    shown: dict[object, Block] = {}
    left_out: set[int | None] = set()
    opened = find_open(calls)
    for call in calls:
        lines = [step["line"] for step in call.steps if step["kind"] == "line"]
        key = call.caller, call.file, call.first_line, *lines
        if call.caller in left_out:
            left_out.add(call.index)
        elif key in shown:
            shown[key].repeated += 1
            left_out.add(call.index)
        else:
            shown[key] = Block(call, call.index in opened)
    return list(shown.values())


def find_open(calls: list[Call]) -> set[int]:
    """Return the indexes of the calls whose lines are shown at once.

    These are the view, the function that decided the response, and the one that handled
    an exception; what they call in their own files and in models, or that sends SQL;
    and the functions that called them.
    """
    maker = find_maker(calls)
    roots = [call for call in calls if call.role == "view"]
    roots += [call for call in (maker, find_handler(maker, calls)) if call]
    opened = {call.index for call in roots}
    files = {call.index: call.file for call in roots}  # of them and what they call
    for call in calls:
        if call.index in files or call.caller not in files:
            continue
        files[call.index] = files[call.caller]
        is_model = "models" in PurePosixPath(call.file).with_suffix("").parts
        if call.file == files[call.index] or is_model or call.last("sql"):
            opened.add(call.index)
    caller = maker.caller if maker else None
    while caller is not None:
        opened.add(caller)
        caller = calls[caller].caller
    return opened


def show_path(response: requests.Response, *, times: bool = False) -> None:
    """Show the lines of the app that ran to respond to a request.

    response: of a request with headers=follow, to a server that serve() has started.
    times: whether to show how long each SQL statement took.

    Raises UserError if this is not a response, or its request was not followed.
    """
    if not isinstance(response, requests.Response):
        raise UserError(
            'show_path() takes a response: show_path(api.get("/", headers=follow)).'
        )
    display(Path(response, times))

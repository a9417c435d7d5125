"""What one section changes in another: its files, and what it promises."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from IPython.display import Markdown, display

from classroom.errors import UserError
from classroom.sections import CONTRACT, Section, find_section, section_files


@dataclass(frozen=True)
class Changes:
    """How the later of two sections differs from the earlier.

    new, gone: the files that only the later or the earlier has.
    changed: for each file that both have and that differs, the lines of its diff.
    added, ended: what is promised from the later one on, and what until the earlier.
    """

    before: Section
    after: Section
    new: list[str]
    gone: list[str]
    changed: dict[str, list[str]]
    added: list[str]
    ended: list[str]


def read_files(folder: Path) -> dict[str, str]:
    """Return the text of every file of a section but its README, by its name."""
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in section_files(folder).items()
        if name != "README.md"
    }


def diff_lines(before: str, after: str) -> list[str]:
    """Return how one text becomes another, without the heading of file names."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return list(lines)[2:]


def compare(before: Section, after: Section) -> Changes:
    """Return what the later of two sections changes in the earlier.

    Raises UserError if it is not the later one.
    """
    if before.number >= after.number:
        raise UserError("Name the earlier section first, and then a later one.")
    old, new = read_files(before.folder), read_files(after.folder)
    return Changes(
        before,
        after,
        new=[name for name in new if name not in old],
        gone=[name for name in old if name not in new],
        changed={
            name: diff_lines(old[name], new[name])
            for name in new
            if name in old and new[name] != old[name]
        },
        added=find_promises(lambda first, _: before.number < first <= after.number),
        ended=find_promises(lambda _, until: before.number < until <= after.number),
    )


def find_mark(test: ast.FunctionDef, module: ast.Module) -> ast.Call | None:
    """Return the @since of a test, or else the one of its whole module."""
    general = [
        node.value
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    for mark in [*test.decorator_list, *general]:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "since":
            return mark
    return None


def find_promises(wanted: Callable[[str, str], bool]) -> list[str]:
    """Return the promises, in words, from where and until where they hold being so.

    wanted: called with the numbers that @since names; until is "" if it names none.
    """
    promises = []
    for path in sorted(CONTRACT.glob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for test in module.body:
            if not isinstance(test, ast.FunctionDef) or test.name[:5] != "test_":
                continue
            if (mark := find_mark(test, module)) and (text := ast.get_docstring(test)):
                named = {k.arg: ast.literal_eval(k.value) for k in mark.keywords}
                if wanted(ast.literal_eval(mark.args[0]), named.get("until", "")):
                    promises.append(text)
    return promises


def show_changes(before: str | int, after: str | int, *files: str) -> None:
    """Show what a section changes in an earlier one.

    before, after: the two sections, such as "05" and "06".
    files: show the lines that changed in these, such as "items.py"; without any, show
        which files are new, changed and gone.

    Raises UserError if there is no such section, or nothing has changed in such a file.
    """
    changes = compare(find_section(before), find_section(after))
    if not files:
        rows = [
            *(f"| `{name}` | new |" for name in changes.new),
            *(
                f"| `{name}` | {count_lines(lines)} |"
                for name, lines in changes.changed.items()
            ),
            *(f"| `{name}` | gone |" for name in changes.gone),
        ]
        display(Markdown("\n".join(["| File | |", "|---|---|", *rows])))
    for file in files:
        if file not in changes.changed:
            raise UserError(f"{file!r} is not among what both have and differs.")
        text = "\n".join(changes.changed[file])
        display(Markdown(f"`{file}`:\n\n```diff\n{text}\n```"))


def count_lines(diff: list[str]) -> str:
    """Return how many lines a diff adds and takes away, such as '+12 −3'."""
    plus = sum(line.startswith("+") for line in diff)
    minus = sum(line.startswith("-") for line in diff)
    return f"+{plus} −{minus}"

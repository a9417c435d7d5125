"""The changes from one section, or a folder of your own, to another section."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from IPython.display import display

from classroom.display.code import Diff
from classroom.display.tables import Table
from classroom.errors import UserError
from classroom.sections import (
    CONTRACT,
    Section,
    expect_step,
    find_files,
    find_section,
    is_path,
    section_files,
)

# The first comment of a file, or the description of a unit.
PURPOSE = re.compile(r"\A(?:#!.*\n)?# (.+?)(?::  .*)?$|^Description=(.+)", re.MULTILINE)


@dataclass(frozen=True)
class FileChanges:
    """How the files of one folder differ from those of another.

    new, gone: the files that only the later, or only the earlier one has.
    changed: the files that differ, each with the lines of its diff.
    """

    new: list[str]
    gone: list[str]
    changed: dict[str, list[str]]


@dataclass(frozen=True)
class Changes(FileChanges):
    """How the later of two sections differs from the earlier one.

    added, ended: the promises that begin with the later one, or end before it.
    """

    before: Section
    after: Section
    added: list[str]
    ended: list[str]


def read_files(folder: Path) -> dict[str, str]:
    """Return the content of each file of a section by name, without its README."""
    return {
        name: path.read_text(encoding="utf-8", errors="replace")  # also a database
        for name, path in section_files(folder).items()
        if name != "README.md"
    }


def diff_lines(before: str, after: str) -> list[str]:
    """Return the lines of a unified diff, without the two file names."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return list(lines)[2:]


def compare_files(before: Path, after: Path) -> FileChanges:
    """Return the changes from the files of one folder to those of another."""
    old, new = read_files(before), read_files(after)
    return FileChanges(
        new=[name for name in new if name not in old],
        gone=[name for name in old if name not in new],
        changed={
            name: diff_lines(old[name], new[name])
            for name in new
            if name in old and new[name] != old[name]
        },
    )


def compare(before: Section, after: Section) -> Changes:
    """Return the changes from the earlier of two sections to the later one.

    Raises UserError if they are in another order, or one is beside the staircase.
    """
    for section in (before, after):
        expect_step(section, "A comparison")
    if before.number >= after.number:
        raise UserError("Give the earlier section first, and then the later one.")
    return Changes(
        **vars(compare_files(before.folder, after.folder)),
        before=before,
        after=after,
        added=find_promises(lambda first, _: before.number < first <= after.number),
        ended=find_promises(lambda _, until: before.number < until <= after.number),
    )


def find_mark(test: ast.FunctionDef, module: ast.Module) -> ast.Call | None:
    """Return the @since of a test, or of its module."""
    of_module = [
        node.value
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    for mark in [*test.decorator_list, *of_module]:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "since":
            return mark
    return None


def find_promises(wanted: Callable[[str, str], bool]) -> list[str]:
    """Return the docstrings of the contract tests for certain sections.

    wanted: decides by the section of @since and its until, or "" without one.
    """
    promises = []
    for path in sorted(CONTRACT.glob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for test in module.body:
            if not isinstance(test, ast.FunctionDef) or test.name[:5] != "test_":
                continue
            mark, promise = find_mark(test, module), ast.get_docstring(test)
            if mark and promise:
                named = {k.arg: ast.literal_eval(k.value) for k in mark.keywords}
                if wanted(ast.literal_eval(mark.args[0]), named.get("until", "")):
                    promises.append(promise)
    return promises


def show_changes(before: str | int, after: str | int, *files: str) -> None:
    """Show the changes from one section, or a folder of your own, to a later section.

    before, after: the two sections, such as "05" and "06"; before can also be the path
        of a folder of your own.
    files: show the changed lines of these, such as "items.py"; without any, show which
        files are new, changed and removed.

    Raises UserError if there is no such section, or such a file did not change.
    """
    is_own, section = is_path(before), find_section(after)
    changes = (
        compare_files(find_files(before), section.folder)
        if is_own
        else compare(find_section(before), section)
    )
    if not files:
        display(own_table(changes, section) if is_own else files_table(changes))
    for file in files:
        if file not in changes.changed:
            raise UserError(f"{file!r} is not a file that differs between the two.")
        display(Diff(file, changes.changed[file]))


def files_table(changes: FileChanges) -> Table:
    """Return a table of the files that differ between two sections."""
    rows = [
        *([name, "new"] for name in changes.new),
        *([name, count_lines(lines)] for name, lines in changes.changed.items()),
        *([name, "removed"] for name in changes.gone),
    ]
    return Table(["File", "Change"], rows)


def own_table(changes: FileChanges, section: Section) -> Table:
    """Return a table of what a section has that your own folder does not."""
    rows = [
        *([name, count_lines(lines)] for name, lines in changes.changed.items()),
        *([name, "only in the section"] for name in changes.new),
    ]
    for row in rows:
        row.append(read_purpose(section.folder / row[0]))
    rows += [[name, "only in yours", ""] for name in changes.gone]
    columns = ["File", "From yours to the section", "What it does there"]
    return Table(columns, rows)


def read_purpose(path: Path) -> str:
    """Return what a file says about itself: the first line of its docstring.

    Of a script or a setting file, it is the first comment; of a unit, its description.
    """
    if path.suffix != ".py":
        found = PURPOSE.search(path.read_text(encoding="utf-8"))
        return found[1] or found[2] if found else ""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return docstring.splitlines()[0] if docstring else ""


def count_lines(diff: list[str]) -> str:
    """Return the numbers of added and removed lines of a diff, such as '+12 −3'."""
    plus = sum(line.startswith("+") for line in diff)
    minus = sum(line.startswith("-") for line in diff)
    return f"+{plus} −{minus}"

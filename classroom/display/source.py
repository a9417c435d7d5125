"""Show source code as it is in the file now."""

import ast
from itertools import takewhile

from IPython.display import display

from classroom.display.code import Code
from classroom.errors import UserError
from classroom.sections import find_files

# The names of languages for Markdown, where they differ from the ending of a file.
LANGUAGES = {
    "conf": "nginx",
    "py": "python",
    "service": "ini",
    "sh": "bash",
    "socket": "ini",
    "timer": "ini",
}


def find_definition(tree: ast.Module, name: str) -> tuple[int, int] | None:
    """Return the first and last line of a function, class or assignment.

    name: of a definition at the top level of the module, or "Class.method"; "Class:"
        is the class up to its first method.
    """
    outer, _, inner = name.rstrip(":").partition(".")
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.ClassDef() if node.name == outer:
                if inner and isinstance(node, ast.ClassDef):
                    return find_definition(ast.Module(node.body, []), inner)
                first, last = span(node)
                if name.endswith(":"):
                    head = takewhile(is_not_a_method, node.body)
                    last = max([first, *(span(part)[1] for part in head)])
                return first, last
            case ast.Assign(targets=targets) if outer in map(ast.unparse, targets):
                return span(node)
            case ast.AnnAssign(target=target) if outer == ast.unparse(target):
                return span(node)
    return None


def span(node: ast.stmt) -> tuple[int, int]:
    """Return the first and last line of a statement, with its decorators."""
    decorators = getattr(node, "decorator_list", [])
    first = min(line.lineno for line in [node, *decorators])
    return first, node.end_lineno or first


def is_not_a_method(node: ast.stmt) -> bool:
    """Return whether a statement in a class is not a method."""
    return not isinstance(node, ast.FunctionDef)


def read_source(number: str | int, file: str) -> str:
    """Return the content of a section's file; raise UserError if there is none."""
    folder = find_files(number)
    try:
        return (folder / file).read_text(encoding="utf-8")
    except OSError:
        raise UserError(f"{folder.name} has no file {file!r}.") from None


def show_source(number: str | int, file: str, *names: str) -> None:
    """Show functions, classes or variables of a section, with their line numbers.

    number: the section, such as "03", or "examples".
    file: a file in its folder, such as "app.py".
    names: the definitions to show, such as "create_store" or "Item.post"; "Item:" is
        the class up to its first method. Without any, the whole file is shown.

    Raises UserError if there is no such section, file or name.
    """
    source = read_source(number, file)
    path = f"{find_files(number).name}/{file}"
    if not names:
        ending = file.rpartition(".")[2]
        display(Code(f"`{path}`", LANGUAGES.get(ending, ending), source))
        return
    if not file.endswith(".py") or not all(isinstance(name, str) for name in names):
        raise UserError('Give each name as a string of its own: "Item", "Items".')
    tree, lines = ast.parse(source), source.splitlines()
    for name in names:
        found = find_definition(tree, name)
        if found is None:
            raise UserError(f"{path} does not define {name!r}.")
        first, last = found
        code = "\n".join(lines[first - 1 : last])
        lines_shown = f"line {first}" if first == last else f"lines {first} to {last}"
        title = f"`{path}`, {lines_shown}"
        display(Code(title, "python", code))

"""Show the code that answers, as it is in the file today."""

import ast

from IPython.display import Markdown, display

from classroom.errors import Problem
from classroom.sections import find_section


def find_definition(tree: ast.Module, name: str) -> tuple[int, int] | None:
    """Return the first and last line of a function, class or assignment.

    name: as it is defined at the top of the module, or "Class.method".
    """
    outer, _, inner = name.partition(".")
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.ClassDef() if node.name == outer:
                if inner and isinstance(node, ast.ClassDef):
                    return find_definition(ast.Module(node.body, []), inner)
                first = min(line.lineno for line in [node, *node.decorator_list])
                return first, node.end_lineno or first
            case ast.Assign(targets=[ast.Name(id=found)]) if found == outer:
                return node.lineno, node.end_lineno or node.lineno
    return None


def show_source(number: str | int, file: str, *names: str) -> None:
    """Show functions, classes or variables of a section, with their line numbers.

    number: the section, such as "03".
    file: a Python file in its folder, such as "app.py".
    names: what to show, such as "create_store" or "Item.post".

    Raises Problem if there is no such section, file or name.
    """
    folder = find_section(number).folder
    try:
        source = (folder / file).read_text(encoding="utf-8")
    except OSError:
        raise Problem(f"{folder.name} has no file {file!r}.") from None
    tree, lines = ast.parse(source), source.splitlines()
    for name in names:
        found = find_definition(tree, name)
        if found is None:
            raise Problem(f"{folder.name}/{file} defines no {name!r}.")
        first, last = found
        code = "\n".join(lines[first - 1 : last])
        place = f"`{folder.name}/{file}`, lines {first} to {last}"
        display(Markdown(f"{place}:\n\n```python\n{code}\n```"))

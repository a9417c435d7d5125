"""The notebooks: what they show is what running them gives, and all have one shape."""

import ast
import re
import time

import pytest

from classroom.notebooks.execute import MEASURED, find_lessons, read_lesson, run_lesson
from classroom.sections import all_sections

LESSONS = find_lessons([])
# What takes another time, and so shows another one, each time.
MEASURES = r"\b(measure|draw_lines|rehearse|draw_timeline)\("
SECONDS = 120  # on any machine; on an idle one, none takes 40

lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    """Return what each code cell shows, without what tells nothing (counts).

    Of a cell that measures, nothing is the same twice but the kinds of its outputs.
    """
    shown = []
    for cell in code_cells(notebook):
        parts = [{**output, "execution_count": None} for output in cell.outputs]
        if MEASURED in cell.metadata.get("tags", []):
            parts = [[p["output_type"], sorted(p.get("data", []))] for p in parts]
        shown.append((cell.source, parts))
    return shown


@lessons
def test_notebook_gives_the_outputs_that_are_saved_in_it(path):
    start = time.monotonic()

    fresh = run_lesson(path, on_cell=lambda: None)

    assert time.monotonic() - start < SECONDS
    assert outputs(fresh) == outputs(read_lesson(path))


def test_every_section_has_a_notebook():
    assert [section.notebook for section in all_sections()] == LESSONS[1:]


@lessons
def test_cells_are_short(path):
    lengths = [len(cell.source.splitlines()) for cell in code_cells(read_lesson(path))]

    assert max(lengths) <= 15
    assert sum(lengths) / len(lengths) <= 3


@lessons
def test_cells_that_measure_are_tagged_and_no_others(path):
    for cell in code_cells(read_lesson(path)):
        measures = re.search(MEASURES, cell.source) is not None
        assert measures == (MEASURED in cell.metadata.get("tags", [])), cell.source


@lessons
def test_prose_stands_before_requests(path):
    """At most three cells follow each other without a word between them."""
    kinds = "".join(cell.cell_type[0] for cell in read_lesson(path).cells)

    assert kinds.startswith("m")
    assert "cccc" not in kinds


@lessons
def test_cells_define_no_helpers(path):
    for cell in code_cells(read_lesson(path)):
        nodes = ast.walk(ast.parse(cell.source))
        definitions = (ast.FunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, definitions) for node in nodes), cell.source


@lessons
def test_notebook_has_its_parts(path):
    text = "\n".join(cell.source for cell in read_lesson(path).cells)

    assert "Predict" in text
    assert "## Where to go next" in text
    assert "](pictures/" in text
    if path != LESSONS[0]:
        assert "## Exercises" in text
        assert "check_exercise(" in text
    if path not in LESSONS[:2]:
        assert "show_changes(" in text


@lessons
def test_links_lead_somewhere(path):
    text = "\n".join(cell.source for cell in read_lesson(path).cells)
    targets = re.findall(r"\]\(((?!http)[^)#]+)\)", text)

    assert targets
    for target in targets:
        assert (path.parent / target).exists(), target


@lessons
def test_outputs_hold_nothing_that_differs_or_is_secret(path):
    saved = str(outputs(read_lesson(path)))

    assert not re.search(r"127\.0\.0\.1:\d+|/home/|/Users/|/tmp/", saved)
    assert not re.search(r"Authorization: \w+ [\w=]", saved)
    assert not re.search(r"eyJ\w+\.\w", saved)  # a token, with more than its header

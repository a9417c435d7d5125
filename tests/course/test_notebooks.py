"""The notebooks: their outputs are those of a run, and all have the same structure."""

import ast
import difflib
import re
import shutil
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.provisioning import local_provisioner

from classroom.notebooks.execute import (
    MEASURED,
    find_notebooks,
    read_notebook,
    run_notebook,
)
from classroom.sections import all_sections
from classroom.server.forked import Forked, is_preloaded

NOTEBOOK_PATHS = find_notebooks([])
# Calls that measure time, whose outputs differ in each run.
MEASURES = r"\b(measure|draw_lines|draw_profiles|rehearse|draw_timeline)\("
SECONDS = 300  # on any machine; on an idle one, each takes less than 60
# The first line of a cell that writes a file of the learner's own app.
WRITE = re.compile(r"%%writefile (-a )?\{\w+\}/(\S+)\n")
LONGEST_STEP = 20  # new lines of code in a file

notebooks = pytest.mark.parametrize(
    "path",
    # Notebooks take long, and need not be run by the same process.
    [
        pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(path.stem))
        for path in NOTEBOOK_PATHS
    ],
)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def plain_cells(notebook):
    """Return the sources of the code cells that do not write a file."""
    sources = [cell.source for cell in code_cells(notebook)]
    return [source for source in sources if not WRITE.match(source)]


def written_files(notebook):
    """Yield each file that a cell writes, as lines: those before it, and those after.

    Empty lines are left out.
    """
    files = {}
    for cell in code_cells(notebook):
        if written := WRITE.match(cell.source):
            appends, name = written.groups()
            before = files.get(name, [])
            lines = [line for line in cell.source.splitlines()[1:] if line]
            files[name] = before + lines if appends else lines
            yield name, before, files[name]


def outputs(notebook):
    """Return the outputs of each code cell, without execution counts.

    Of a cell that measures, only the types of the outputs are the same in each run.
    """
    shown = []
    for cell in code_cells(notebook):
        parts = [{**output, "execution_count": None} for output in cell.outputs]
        if MEASURED in cell.metadata.get("tags", []):
            parts = [[p["output_type"], sorted(p.get("data", []))] for p in parts]
        shown.append((cell.source, parts))
    return shown


@pytest.fixture
def forked_kernels(monkeypatch, tmp_path):
    """Fork the kernels from the process with all imports, as servers are."""

    def fork(command, *, cwd, env, **options):
        module = command[command.index("-m") + 1 :]
        return Forked(module, Path(cwd), env, tmp_path / "output")

    if is_preloaded(sys.executable):
        monkeypatch.setattr(local_provisioner, "launch_kernel", fork)


@notebooks
def test_notebook_gives_the_outputs_that_are_saved_in_it(
    path, needs, request, forked_kernels
):
    if path.stem.startswith("09"):
        request.getfixturevalue("https_programs")
    if path.stem.startswith("08"):
        request.getfixturevalue("nginx")
        analyze = shutil.which("systemd-analyze")
        needs(analyze, "no systemd-analyze: it comes with systemd")
    start = time.monotonic()

    fresh = run_notebook(path, on_cell=lambda: None)

    assert time.monotonic() - start < SECONDS
    assert outputs(fresh) == outputs(read_notebook(path))


def test_every_section_has_a_notebook_and_every_notebook_a_section():
    sections = {section.notebook for section in all_sections()}

    assert set(NOTEBOOK_PATHS[1:]) == sections


@notebooks
def test_cells_are_short(path):
    lengths = [len(cell.splitlines()) for cell in plain_cells(read_notebook(path))]

    assert max(lengths) <= 15
    assert sum(lengths) / len(lengths) <= 3


@notebooks
def test_steps_of_an_own_app_are_short(path):
    for name, before, after in written_files(read_notebook(path)):
        changes = difflib.ndiff(before, after)
        new = [line for line in changes if line.startswith("+ ")]

        assert len(new) <= LONGEST_STEP, name


@notebooks
def test_minutes_of_the_parts_add_up_to_those_at_the_top(path):
    cells = read_notebook(path).cells
    parts = [cell for cell in cells if "instructor" in cell.metadata]
    stated = re.search(r"About (\d+) minutes", cells[0].source)

    minutes = sum(part.metadata["instructor"]["minutes"] for part in parts)
    assert minutes == (int(stated[1]) if stated else 0)
    for part in parts:
        assert part.source.startswith("#"), part.source


@notebooks
def test_cells_that_measure_are_tagged_and_no_others(path):
    for cell in code_cells(read_notebook(path)):
        measures = re.search(MEASURES, cell.source) is not None
        assert measures == (MEASURED in cell.metadata.get("tags", [])), cell.source


@notebooks
def test_prose_comes_before_requests(path):
    """At most three code cells follow each other without prose between them."""
    kinds = "".join(cell.cell_type[0] for cell in read_notebook(path).cells)

    assert kinds.startswith("m")
    assert "cccc" not in kinds


@notebooks
def test_cells_define_no_helpers(path):
    for source in plain_cells(read_notebook(path)):
        nodes = ast.walk(ast.parse(source))
        definitions = (ast.FunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, definitions) for node in nodes), source


@notebooks
def test_notebook_has_its_parts(path):
    text = "\n".join(cell.source for cell in read_notebook(path).cells)

    assert "Predict" in text
    assert "## Where to go next" in text
    assert "](pictures/" in text
    if path != NOTEBOOK_PATHS[0]:
        assert "## Exercises" in text
        assert "check_exercise(" in text
    others = [
        section.notebook for section in all_sections() if section.beside_staircase
    ]
    if path not in [*NOTEBOOK_PATHS[:2], *others]:
        assert "show_changes(" in text


@notebooks
def test_links_lead_somewhere(path):
    text = "\n".join(cell.source for cell in read_notebook(path).cells)
    targets = re.findall(r"\]\(((?!http)[^)#]+)\)", text)

    assert targets
    for target in targets:
        assert (path.parent / target).exists(), target


@notebooks
def test_outputs_hold_nothing_that_varies_or_is_secret(path):
    saved = str(outputs(read_notebook(path)))

    assert not re.search(r"127\.0\.0\.1:\d+|/home/|/Users/|/tmp/", saved)
    assert not re.search(r"Authorization: \w+ [\w=]", saved)
    assert not re.search(r"eyJ\w+\.\w", saved)  # a token, with more than its header

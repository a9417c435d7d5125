"""Run the notebooks from top to bottom, as a reader would."""

import asyncio
import atexit
import os
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from classroom.sections import NOTEBOOKS, find_section

MEASURED = "measured"  # the tag of cells whose outputs are times, never the same twice
FIRST_LESSON = NOTEBOOKS / "00_start_here.ipynb"
CELL_TIMEOUT = 120  # seconds


class LessonFailed(Exception):
    """A cell of a notebook ended with an error; the text shows the cell and the error.

    notebook: what was run so far, the error among its outputs.
    """

    def __init__(self, notebook: nbformat.NotebookNode, text: str) -> None:
        super().__init__(text)
        self.notebook = notebook


def find_lessons(numbers: list[str]) -> list[Path]:
    """Return the notebooks of some sections, or every notebook if none is named.

    numbers: the sections, such as "03"; "00" is the notebook to start with.

    Raises UserError if there is no such section.
    """
    if not numbers:
        return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    start = {"00": FIRST_LESSON, "0": FIRST_LESSON}
    paths = [start.get(number) or find_section(number).notebook for number in numbers]
    return list(dict.fromkeys(paths))  # each once


def read_lesson(path: Path) -> nbformat.NotebookNode:
    """Return a notebook as it is saved."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def lesson_title(notebook: nbformat.NotebookNode) -> str:
    """Return the first heading of a notebook."""
    return str(notebook.cells[0].source).splitlines()[0].lstrip("# ")


def save_lesson(path: Path, notebook: nbformat.NotebookNode) -> None:
    """Save a notebook that was run, without what differs from machine to machine."""
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def count_cells(path: Path) -> int:
    """Return how many cells a notebook has, of whatever kind."""
    return len(read_lesson(path).cells)


def run_lesson(path: Path, on_cell: Callable[[], None]) -> nbformat.NotebookNode:
    """Run a notebook in a kernel of its own and return it with the outputs of this run.

    on_cell: called as each cell begins, of whatever kind.

    Raises LessonFailed if a cell fails, takes too long or kills the kernel.
    """
    notebook = read_lesson(path)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=lambda cell, cell_index: on_cell(),
    )
    # What a student did in exercises must not change what a lesson shows. And in the
    # main thread, nbclient would catch a Ctrl-C, and go on as if the kernel had died.
    with tempfile.TemporaryDirectory() as empty, ThreadPoolExecutor(1) as thread:
        execution = client.async_execute(
            env=os.environ | {"CLASSROOM_MY": empty},
            transport_encryption="auto",
            stderr=subprocess.DEVNULL,  # of the kernel itself, not of the cells
        )
        try:
            thread.submit(asyncio.run, execution).result()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
            raise LessonFailed(notebook, str(problem)) from None
        except KeyboardInterrupt:
            for process in psutil.Process().children(recursive=True):
                process.kill()
            # What nbclient would do at the end is done, and cannot be done twice.
            atexit.unregister(client._cleanup_kernel)
            raise
    return notebook

"""Run the notebooks from top to bottom, as a reader does."""

import asyncio
import atexit
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from classroom.display.masks import STABLE_OUTPUTS
from classroom.errors import UserError
from classroom.sections import NOTEBOOKS, find_section
from classroom.server.launch import make_environment
from classroom.server.temporary_folder import TemporaryFolder

MEASURED = "measured"  # the tag of cells whose outputs differ each time
FIRST_NOTEBOOK = NOTEBOOKS / "00_start_here.ipynb"
CELL_TIMEOUT = 180  # seconds
# So that two runs have the same outputs: see random_values.py for the second one.
SAME_EACH_TIME = {STABLE_OUTPUTS: "1", "CLASSROOM_SEED": "1"}


class NotebookError(Exception):
    """A cell of a notebook failed; the message shows the cell and the error.

    notebook: as far as it was run, with the error among its outputs.
    """

    def __init__(self, notebook: nbformat.NotebookNode, message: str) -> None:
        super().__init__(message)
        self.notebook = notebook


def find_notebooks(numbers: list[str]) -> list[Path]:
    """Return the notebooks of some sections, or all notebooks if none is named.

    numbers: the sections, such as "03"; "00" is the first notebook.

    Raises UserError if there is no such section, or it has no notebook.
    """
    if not numbers:
        return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    start = {"00": FIRST_NOTEBOOK, "0": FIRST_NOTEBOOK}
    paths = [start.get(number) or find_section(number).notebook for number in numbers]
    for path in paths:
        if not path.exists():
            raise UserError(f"Section {path.stem[:2]} has no lesson.")
    return list(dict.fromkeys(paths))  # each once


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Return a notebook as it is saved."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def notebook_title(notebook: nbformat.NotebookNode) -> str:
    """Return the first heading of a notebook."""
    return str(notebook.cells[0].source).splitlines()[0].lstrip("# ")


def save_notebook(path: Path, notebook: nbformat.NotebookNode) -> None:
    """Save a notebook that was run, without metadata of this machine."""
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
    """Return how many cells a notebook has, of any kind."""
    return len(read_notebook(path).cells)


def run_notebook(path: Path, on_cell: Callable[[], None]) -> nbformat.NotebookNode:
    """Run a notebook in a kernel of its own and return it with the outputs of this run.

    on_cell: called when a cell of any kind begins.

    Raises NotebookError if a cell fails, takes too long or kills the kernel.
    """
    notebook = read_notebook(path)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        coalesce_streams=True,
        record_timing=False,
        on_cell_start=lambda cell, cell_index: on_cell(),
    )
    # In the main thread, nbclient would catch a Ctrl-C, and continue as if the kernel
    # had died.
    with TemporaryFolder() as folder, ThreadPoolExecutor(1) as thread:
        folder.path.chmod(0o711)  # PostgreSQL may run as another user
        # It runs in an empty my/, where a learner's files cannot change the outputs.
        # What a killed kernel leaves is deleted with this folder.
        places = {name: str(folder.path) for name in ("TMPDIR", "CLASSROOM_MY")}
        lessons = folder.path / NOTEBOOKS.name
        lessons.mkdir()
        others = psutil.Process().children()
        execution = client.async_execute(
            cwd=str(lessons),
            env=make_environment({}) | places | SAME_EACH_TIME,
            transport_encryption="auto",
            stderr=subprocess.DEVNULL,  # of the kernel itself, not of the cells
        )
        try:
            thread.submit(asyncio.run, execution).result()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise NotebookError(notebook, str(error)) from None
        except KeyboardInterrupt:
            for process in psutil.Process().children(recursive=True):
                if process not in others:
                    process.kill()
            # nbclient would do the same at exit, and fail.
            atexit.unregister(client._cleanup_kernel)
            raise
    return notebook

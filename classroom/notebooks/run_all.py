"""Run notebooks one after the other, and show the progress."""

from functools import partial

from rich.text import Text

from classroom.console import console, progress_bar
from classroom.notebooks.book import Page
from classroom.notebooks.execute import (
    NotebookError,
    count_cells,
    find_notebooks,
    read_notebook,
    run_notebook,
    save_notebook,
)


def run_notebooks(numbers: list[str]) -> list[Page]:
    """Run the notebooks of some sections, or all, and return all as pages of a book.

    numbers: the sections to run, such as ["03"]; an empty list means all notebooks.
        The other pages are as they were saved.

    Raises UserError if there is no such section.
    """
    pages = []
    wanted = find_notebooks(numbers)
    with progress_bar() as progress:
        for path in find_notebooks([]):
            if path not in wanted:
                pages.append(Page(path, read_notebook(path), failed=False))
                continue
            bar = progress.add_task(path.stem, total=count_cells(path))
            try:
                notebook = run_notebook(path, partial(progress.advance, bar))
                pages.append(Page(path, notebook, failed=False))
            except NotebookError as failure:
                console.print(f"[red]A cell of {path.name} failed.[/]")
                console.print(Text.from_ansi(str(failure)))
                pages.append(Page(path, failure.notebook, failed=True))
    return pages


def save_pages(pages: list[Page]) -> None:
    """Save notebooks with the outputs of their run."""
    for page in pages:
        save_notebook(page.path, page.notebook)

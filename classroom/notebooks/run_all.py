"""Run lessons one after the other, and show how far they are."""

from functools import partial

from rich.console import Console
from rich.text import Text

from classroom.console import progress_bar
from classroom.notebooks.book import Page
from classroom.notebooks.execute import (
    LessonFailed,
    count_cells,
    find_lessons,
    read_lesson,
    run_lesson,
    save_lesson,
)


def run_lessons(numbers: list[str], console: Console) -> list[Page]:
    """Run the notebooks of some sections, or all, and return all as pages of a book.

    numbers: the sections to run, such as ["03"]; an empty list means every notebook.
        The other pages are as they were saved.
    console: where to show a bar for each, and the errors of cells that fail.

    Raises UserError if there is no such section.
    """
    pages = []
    wanted = find_lessons(numbers)
    with progress_bar(console) as progress:
        for path in find_lessons([]):
            if path not in wanted:
                pages.append(Page(path, read_lesson(path), failed=False))
                continue
            bar = progress.add_task(path.stem, total=count_cells(path))
            try:
                notebook = run_lesson(path, partial(progress.advance, bar))
                pages.append(Page(path, notebook, failed=False))
            except LessonFailed as failure:
                console.print(f"[red]A cell of {path.name} failed.[/]")
                console.print(Text.from_ansi(str(failure)))
                pages.append(Page(path, failure.notebook, failed=True))
    return pages


def save_pages(pages: list[Page]) -> None:
    """Save the outputs of notebooks that were run into the notebooks."""
    for page in pages:
        save_lesson(page.path, page.notebook)

"""The commands for lessons: open them, start again, plan a course, make a book."""

import sys

import click
from rich.markup import escape

from classroom.console import console
from classroom.sections import own_folder


@click.command()
@click.argument("section", default="00")
@click.option("--no-browser", is_flag=True, help="Print the URL instead of opening it.")
@click.option(
    "--present", is_flag=True, help="For a projector, with an instructor's notes."
)
def lab(section: str, no_browser: bool, present: bool) -> None:
    """Open the lessons in JupyterLab: your own copies of them, in the folder my/."""
    from classroom.notebooks.execute import find_notebooks  # these are slow to import
    from classroom.notebooks.lab import open_lab
    from classroom.workspace.folder import make_presentation, make_workspace

    [lesson] = find_notebooks([section])
    for sentence in make_presentation() if present else make_workspace():
        console.print(sentence)
    open_lab(lesson.name, no_browser=no_browser, present=present)


@click.command()
def start() -> None:
    """Make your folder my/ with the lessons, for any editor that opens notebooks."""
    from classroom.workspace.folder import make_workspace  # slow to import

    for sentence in make_workspace():
        console.print(sentence)
    console.print(f"Your lessons: {own_folder('notebooks')}")
    console.print(f"The Python to run them with: {sys.executable}")


@click.command()
@click.argument("section")
def reset(section: str) -> None:
    """Start a lesson again; what you have is moved into my/old, not deleted."""
    from classroom.workspace.folder import reset as reset_lesson  # slow to import

    for sentence in reset_lesson(section) or ["Your lesson is as it was at the start."]:
        console.print(sentence)


@click.command()
def plan() -> None:
    """Print a plan for instructors: the parts of each lesson, and their minutes."""
    from classroom.workspace.plan import plan_tables  # slow to import

    for table in plan_tables():
        console.print(table)


@click.command()
@click.argument("sections", nargs=-1)
def demo(sections: tuple[str, ...]) -> None:
    """Run the notebooks from top to bottom and make a book of them."""
    from classroom.notebooks.book import write_book  # notebooks take a second to import
    from classroom.notebooks.run_all import run_notebooks

    pages = run_notebooks(list(sections))
    console.print(f"The book: {escape(str(write_book(pages)))}")
    if any(page.failed for page in pages):
        sys.exit(1)

"""The commands for maintainers of the school: test, measure, regenerate."""

import os
import sys
from functools import partial

import click
from rich.markup import escape

from classroom.console import console, progress_bar
from classroom.errors import UserError
from classroom.notebooks.staircase import PICTURE, draw_staircase
from classroom.sections import ROOT, all_sections, find_section, staircase
from classroom.server.temporary_folder import temporary_files_in_memory


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--fast", is_flag=True, help="Run the quick tests only.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(fast: bool, arguments: tuple[str, ...]) -> None:
    """Run every test, the tests of a section, or pytest with ARGUMENTS.

    \b
    test            every test
    test --fast     tests of the contract and the internals, each with one case
    test 06         the contract, internals, notebook and exercise tests of 06
    test -k token   anything else is passed on to pytest
    """
    import pytest  # slow to import, and needed only here

    from classroom.contract.selection import pytest_arguments

    os.chdir(ROOT)
    with temporary_files_in_memory():
        status = pytest.main(pytest_arguments(fast, arguments))
    sys.exit(status)


@click.command()
@click.argument("sections", nargs=-1)
@click.option("--quick", is_flag=True, help="Measure faster, but less accurately.")
@click.option("--save", is_flag=True, help="Put the figures into benchmarks/README.md.")
def bench(sections: tuple[str, ...], quick: bool, save: bool) -> None:
    """Compare the speed of sections with that of a minimal app in Python."""
    from classroom.experiments.benchmark import figures, measure  # slow to import

    if save and (quick or sections):
        raise click.UsageError(
            "--save needs a whole run: leave out --quick and sections."
        )
    plan = measure.QUICK if quick else measure.Plan()
    for section in sections:
        measure.expect_measurable(find_section(section).number)
    numbers = [find_section(number).number for number in sections or measure.SECTIONS]
    comparisons = []
    with progress_bar() as progress:
        for number in numbers:
            bar = progress.add_task(
                f"Section {number}", total=measure.count_steps(number, plan)
            )
            advance = partial(progress.advance, bar)
            comparisons.append(measure.compare(number, plan, advance))
    console.print(
        figures.terminal_table(figures.SPEED, figures.speed_rows(comparisons))
    )
    console.print(figures.terminal_table(figures.SIZE, figures.size_rows(comparisons)))
    chart = figures.CHART
    if save:
        chart = figures.PAGE.with_name("shares.svg")
        figures.update_page(comparisons)
    figures.draw_chart(chart, comparisons)
    console.print(f"The chart: {escape(str(chart))}")


@click.command()
def refresh() -> None:
    """Regenerate what is made from code: outputs, a picture, collections."""
    from classroom.notebooks.run_all import run_notebooks, save_pages
    from classroom.postman.collection import collection_file, write_collection

    pages = run_notebooks([])
    if any(page.failed for page in pages):
        raise UserError("Nothing was saved. Fix the cell that failed, then try again.")
    save_pages(pages)
    PICTURE.write_text(draw_staircase(all_sections()), encoding="utf-8")
    for section in staircase():
        write_collection(section, collection_file(section))

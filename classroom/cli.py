"""The commands behind learn.py."""

import errno
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from classroom.console import LEARN, accept_ctrl_c, console, progress_bar
from classroom.display.diff import compare, count_lines
from classroom.errors import UserError
from classroom.notebooks.staircase import PICTURE, draw_staircase
from classroom.sections import (
    ROOT,
    Section,
    all_sections,
    app_sections,
    find_app,
    find_section,
    own_copy,
    own_folder,
)
from classroom.server import NO_LIMITS, Server
from classroom.server.client import Api, is_url
from classroom.server.launch import is_free, run_here


class Folder(click.ParamType[Path]):
    """The folder of an app, as an option of a command."""

    name = "dir"

    def convert(self, value: str, *context: object) -> Path:
        if not value:  # which is what a script gets from a variable that is not set
            raise click.UsageError("The folder is an empty string: write its path.")
        return Path(value)


class Url(click.ParamType[str]):
    """The URL of a server, as an option of a command."""

    name = "url"

    def convert(self, value: str, *context: object) -> str:
        if not is_url(value):
            example = "http://127.0.0.1:5000"
            raise click.UsageError(f"{value!r} is not a URL such as {example}.")
        return value


Command = Callable[..., None]


def own_code(command: Command) -> Command:
    """Add the options that name a folder of the learner's own."""
    my = click.option("--my", is_flag=True, help="Your copy of the section, in my/.")
    return click.option("--app", type=Folder(), help="The folder of your code.")(
        my(command)
    )


class Commands(click.Group):
    """A group of commands that print user errors without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EROFS):
                raise
            reason = f"{error.filename} cannot be used: {error.strerror}."
            raise click.ClickException(reason) from None


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Learn to build REST APIs with Flask, section by section."""
    accept_ctrl_c()
    if ctx.invoked_subcommand is None:
        show_sections()


def show_sections() -> None:
    """Print the sections, what each teaches, and the next commands to try."""
    table = Table(title="Flask REST APIs, section by section", title_justify="left")
    table.add_column("Section", style="bold")
    table.add_column("Title", style="bold")
    table.add_column("What you build")
    for section in all_sections():
        table.add_row(section.number, section.title, section.teaches, end_section=True)
    console.print(table)
    first = all_sections()[0].number
    for command, purpose in {
        "lab": "open the notebooks in JupyterLab",
        f"run {first}": "serve a section, to try it with a browser or curl",
        f"check {first} --app DIR": "see which promises your own code keeps",
        "practice": "do the next exercise, with hints, and checks as you save",
        "rehearse 07": "deploy a section as Heroku would, on this machine",
        "demo": "run every notebook, and make them into a book",
        "test": "run every test",
        "--help": "see all commands",
    }.items():
        console.print(f"  {LEARN} [bold]{command:<19}[/]  {purpose}")


@cli.command()
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


@cli.command()
def start() -> None:
    """Make your folder my/ with the lessons, for any editor that opens notebooks."""
    from classroom.workspace.folder import make_workspace  # slow to import

    for sentence in make_workspace():
        console.print(sentence)
    console.print(f"Your lessons: {own_folder('notebooks')}")
    console.print(f"The Python to run them with: {sys.executable}")


@cli.command()
@click.argument("section")
def reset(section: str) -> None:
    """Start a lesson again; what you have is moved into my/old, not deleted."""
    from classroom.workspace.folder import reset as reset_lesson  # slow to import

    for sentence in reset_lesson(section) or ["Your lesson is as it was at the start."]:
        console.print(sentence)


@cli.command()
def plan() -> None:
    """Print a plan for instructors: the parts of each lesson, and their minutes."""
    from classroom.workspace.plan import plan_tables  # slow to import

    for table in plan_tables():
        console.print(table)


@cli.command()
@click.argument("section")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=5000,
    show_default=True,
    help="The port to listen on; 0 picks a free one.",
)
@own_code
def run(section: str, port: int, app: Path | None, my: bool) -> None:
    """Serve a section until Ctrl-C."""
    found = find_app(section)
    folder = chosen_folder(found, app, my) or found.folder
    if not is_free(port):
        console.print(f"Port {port} is taken: using a free one instead.")
        port = 0
    console.print(f"Section {found.number}: {found.title}")
    sys.exit(run_here(folder, port))


def chosen_folder(section: Section, app: Path | None, my: bool) -> Path | None:
    """Return the folder that --app or --my names, if any.

    Raises UserError if there is no app in it.
    """
    if app and my:
        raise click.UsageError("Give either --app DIR or --my.")
    copy = own_copy(section)
    if my and not copy.exists():
        raise UserError(
            f"You have no copy of section {section.number} in my/{copy.name}: "
            f'copy_section("{section.number}") in a notebook makes one.'
        )
    folder = copy if my else app
    return existing_folder(folder) if folder else None


def existing_folder(path: Path) -> Path:
    """Return a folder that holds an app; raise UserError if it does not."""
    if not path.is_dir():
        raise UserError(f"There is no folder {str(path)!r}.")
    if not (path / "app.py").exists():
        raise UserError(f"There is no app.py in {str(path)!r}.")
    return path


@cli.command(context_settings={"ignore_unknown_options": True})
@click.option("--fast", is_flag=True, help="Run the quick tests only.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(fast: bool, arguments: tuple[str, ...]) -> None:
    """Run every test, the tests of a section, or pytest with ARGUMENTS.

    \b
    test            every test
    test --fast     internals tests, and each test of the contract in one section
    test 06         the contract, internals, notebook and exercise tests of 06
    test -k token   anything else is passed on to pytest
    """
    import pytest  # slow to import, and needed only here

    from classroom.contract.selection import pytest_arguments

    os.chdir(ROOT)
    sys.exit(pytest.main(pytest_arguments(fast, arguments)))


@cli.command()
@click.argument("sections", nargs=-1)
def demo(sections: tuple[str, ...]) -> None:
    """Run the notebooks from top to bottom and make a book of them."""
    from classroom.notebooks.book import write_book  # notebooks take a second to import
    from classroom.notebooks.run_all import run_notebooks

    pages = run_notebooks(list(sections))
    console.print(f"The book: {escape(str(write_book(pages)))}")
    if any(page.failed for page in pages):
        sys.exit(1)


@cli.command()
@click.argument("sections", nargs=-1)
@click.option("--quick", is_flag=True, help="Measure faster, but less accurately.")
@click.option("--save", is_flag=True, help="Put the figures into benchmarks/README.md.")
def bench(sections: tuple[str, ...], quick: bool, save: bool) -> None:
    """Compare the speed of sections with the fastest that Python can do."""
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


@cli.command()
def refresh() -> None:
    """Regenerate what is made from code: outputs, a picture, collections."""
    from classroom.notebooks.run_all import run_notebooks, save_pages
    from classroom.postman.collection import collection_file, write_collection

    pages = run_notebooks([])
    if any(page.failed for page in pages):
        raise UserError("Nothing was saved. Fix the cell that failed, then try again.")
    save_pages(pages)
    PICTURE.write_text(draw_staircase(all_sections()), encoding="utf-8")
    for section in app_sections():
        write_collection(section, collection_file(section))


@cli.command()
@click.argument("section")
@click.option("--output", type=click.Path(path_type=Path), help="The file to write.")
def postman(section: str, output: Path | None) -> None:
    """Make a Postman collection of a section's requests."""
    from classroom.postman.collection import collection_file, write_collection

    found = find_app(section)
    file = output or collection_file(found)
    write_collection(found, file)
    console.print(f"The collection: {escape(str(file))}")
    server = f"{LEARN} run {found.number}"
    console.print(f"Import this file into Postman. Run it while {server} is running.")


@cli.command()
@click.argument("section")
@own_code
@click.option("--url", type=Url(), help="A running server; new data stays there.")
@click.option("--admin", metavar="NAME:PASSWORD", help="An admin of that server.")
def check(
    section: str, app: Path | None, my: bool, url: str | None, admin: str | None
) -> None:
    """Check which of a section's promises your code, or any server, keeps."""
    from classroom.contract.report import report_contract  # pytest is slow to import

    found = find_app(section)
    number = found.number
    if (app is not None or my) == (url is not None):
        raise click.UsageError("Give either --app DIR or --my or --url URL.")
    folder = chosen_folder(found, app, my)
    if folder is not None:
        if admin:
            raise click.UsageError(
                "--admin needs --url: with --app, an admin is created for you."
            )
        with Server(folder, settings=NO_LIMITS) as server:
            kept = report_contract(number, server.address, server=server)
    else:
        assert url is not None
        Api(url).expect_response()
        kept = report_contract(number, url, admin=admin)
    sys.exit(0 if kept else 1)


@cli.command()
@click.argument("section")
@own_code
@click.option("--section", "deployed", metavar="NUMBER", help="What 08 or 09 deploys.")
def rehearse(section: str, app: Path | None, my: bool, deployed: str | None) -> None:
    """Deploy a section, as it is committed, as Heroku or a server would, but here."""
    from classroom.heroku.pipeline import run_rehearsal  # these are slow to import
    from classroom.https.pipeline import run_https_rehearsal
    from classroom.own_server.pipeline import run_server_rehearsal
    from classroom.rehearsal import terminal

    found = find_section(section)
    servers = {"08": run_server_rehearsal, "09": run_https_rehearsal}
    run = servers.get(found.number, run_rehearsal)
    if found.has_app and deployed:
        raise click.UsageError("--section is for rehearse 08 and 09.")
    if not found.has_app:
        found = find_app(deployed or "07")
    found = replace(found, folder=chosen_folder(found, app, my) or found.folder)
    with terminal.TerminalListener() as listener:
        rehearsal = run(found, listener)
    terminal.print_rehearsal(rehearsal)
    sys.exit(0 if rehearsal.ok else 1)


@cli.command()
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Show what section AFTER changes in section BEFORE."""
    changes = compare(find_app(before), find_app(after))
    console.print(
        f"[bold]From section {changes.before.number}, {changes.before.title}, "
        f"to section {changes.after.number}, {changes.after.title}[/]\n"
    )
    for title, entries in {
        "New files": changes.new,
        "Changed files": [
            f"{n} ({count_lines(d)})" for n, d in changes.changed.items()
        ],
        "Removed files": changes.gone,
        "New promises": changes.added,
        "Promises that no longer hold": changes.ended,
    }.items():
        if entries:
            console.print(f"[bold]{title}[/]")
            for entry in entries:
                console.print(f"  {escape(entry)}")
    for name, lines in changes.changed.items():
        console.print(f"\n[bold]{name}[/]")
        console.print(Syntax("\n".join(lines), "diff", theme="ansi_dark"))


@cli.command()
@click.argument("name", required=False)
@click.option("--reset", is_flag=True, help="Start again with the original files.")
def practice(name: str | None, reset: bool) -> None:
    """Show the next exercise, or the one NAMEd; check it once you change its files."""
    from classroom.practice.commands import practise  # slow to import

    practise(name, reset)


@cli.command()
@click.argument("name", required=False)
def hint(name: str | None) -> None:
    """Show a hint for an exercise: one more each time."""
    from classroom.practice.commands import give_hint

    give_hint(name)


@cli.command()
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="Do not ask first.")
def solution(name: str | None, yes: bool) -> None:
    """Show a solution of an exercise, and why it is one."""
    from classroom.practice.commands import reveal

    reveal(name, yes)


@cli.command()
def progress() -> None:
    """Show which exercises are done, section by section."""
    from classroom.practice.in_terminal import print_progress

    print_progress()


@cli.command()
def watch() -> None:
    """Check an exercise each time that you save one of its files."""
    from classroom.practice.commands import watch_files

    watch_files()

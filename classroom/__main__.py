"""The commands behind learn.py."""

import os
import sys
from pathlib import Path

import click
import pytest
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from classroom.errors import Problem
from classroom.ladder import PICTURE, draw_ladder
from classroom.progress import progress_bar
from classroom.promises import BrokenPromise, PromiseCheck, check_promises
from classroom.sections import ROOT, all_sections, find_section
from classroom.serving import Api, Server, is_free, run_here

console = Console(highlight=False, soft_wrap=True)
LEARN = "python learn.py" if os.name == "nt" else "python3 learn.py"


class Commands(click.Group):
    """Commands whose Problems are printed as they are, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise click.ClickException(str(problem)) from None


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Learn to build REST APIs with Flask, section by section."""
    if ctx.invoked_subcommand is None:
        show_sections()


def show_sections() -> None:
    """Print the sections, what each teaches, and how to go on."""
    table = Table(title="Flask REST APIs, section by section", title_justify="left")
    table.add_column("Section", style="bold")
    table.add_column("Title", style="bold")
    table.add_column("What you build")
    for section in all_sections():
        table.add_row(section.number, section.title, section.teaches, end_section=True)
    console.print(table)
    first = all_sections()[0].number
    for command, purpose in {
        "lab": "open the lessons in JupyterLab",
        f"run {first}": "serve a section, to try it with a browser or curl",
        f"check {first} --app DIR": "see which promises your own code keeps",
        "demo": "run every lesson, and make a book of them",
        "test": "run every test",
        "--help": "see all commands",
    }.items():
        console.print(f"  {LEARN} [bold]{command:<19}[/]  {purpose}")


@cli.command()
@click.option("--no-browser", is_flag=True, help="Print the address, open no browser.")
def lab(no_browser: bool) -> None:
    """Open the lessons in JupyterLab."""
    from jupyterlab.labapp import LabApp  # slow to import, and needed only here

    options = [
        f"--ServerApp.root_dir={ROOT}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.answer_yes=True",  # one Ctrl-C is enough
        "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
        "--MappingKernelManager.transport_encryption=auto",
    ]
    # Its settings turn off news and updates: a classroom may have no internet.
    os.environ["JUPYTER_CONFIG_PATH"] = str(Path(__file__).with_name("jupyter"))
    if no_browser:
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # as in a container
    LabApp.launch_instance(options)


@cli.command()
@click.argument("section")
@click.option("--port", default=5000, show_default=True, help="The port to serve at.")
@click.option("--app", type=click.Path(path_type=Path), help="Your own folder instead.")
def run(section: str, port: int, app: Path | None) -> None:
    """Serve a section until Ctrl-C."""
    found = find_section(section)
    if not is_free(port):
        console.print(f"Port {port} is taken, so here is a free one.")
        port = 0
    console.print(f"Section {found.number}: {found.title}")
    sys.exit(run_here(existing_folder(app) if app else found.folder, port))


def existing_folder(path: Path) -> Path:
    """Return a folder that holds an app; raise a Problem if it does not."""
    if not path.is_dir():
        raise Problem(f"There is no folder {str(path)!r}.")
    if not (path / "app.py").exists():
        raise Problem(f"There is no app.py in {str(path)!r}.")
    return path


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run every test, or what pytest makes of ARGUMENTS."""
    os.chdir(ROOT)
    sys.exit(pytest.main(list(arguments)))


@cli.command()
@click.argument("sections", nargs=-1)
def demo(sections: tuple[str, ...]) -> None:
    """Run the lessons from top to bottom and make a book of them."""
    from classroom.book import write_book  # notebooks take a second to import
    from classroom.demo import run_lessons

    pages = run_lessons(list(sections), console)
    console.print(f"The book: {write_book(pages)}")
    if any(page.failed for page in pages):
        sys.exit(1)


@cli.command()
def refresh() -> None:
    """Make anew what is made from code: outputs of notebooks, the picture."""
    from classroom.demo import run_lessons, save_pages

    pages = run_lessons([], console)
    if any(page.failed for page in pages):
        raise Problem("Nothing is saved: mend the cell that failed first.")
    save_pages(pages)
    PICTURE.write_text(draw_ladder(all_sections()), encoding="utf-8")


@cli.command()
@click.argument("section")
@click.option("--app", type=click.Path(path_type=Path), help="The folder of your code.")
@click.option("--url", help="The address of a server that runs.")
def check(section: str, app: Path | None, url: str | None) -> None:
    """See which promises of a section your own code, or any server, keeps."""
    number = find_section(section).number
    if (app is None) == (url is None):
        raise click.UsageError("Say either --app DIR or --url URL.")
    if app is not None:
        with Server(existing_folder(app)) as server:
            report_promises(number, server.address)
    elif url is not None:
        Api(url).expect_an_answer()
        report_promises(number, url)


def report_promises(number: str, url: str) -> None:
    """Check a server's promises, print the broken ones, and exit 1 if there are any."""
    with progress_bar(console) as progress:
        bar = progress.add_task(f"Section {number}: promises")
        check = PromiseCheck(
            on_start=lambda total: progress.update(bar, total=total),
            on_step=lambda: progress.advance(bar),
        )
        check_promises(number, url, check)
    for broken in check.broken:
        print_failure(f"✗ {broken.promise}", broken)
    if check.not_reached:
        count = len(check.not_reached)
        title = f"✗ {count} more could not be checked, since this goes wrong before:"
        print_failure(title, check.not_reached[0])
    failed = len(check.broken) + len(check.not_reached)
    console.print(f"\n{check.kept} promises kept, {failed} not.")
    sys.exit(1 if failed else 0)


def print_failure(title: str, failure: BrokenPromise) -> None:
    """Print a broken promise: what was sent, what was promised, what came."""
    console.print(f"\n[red]{escape(title)}[/]")
    rows = {
        "sent": failure.sent,
        "promised": failure.check,
        "came": failure.came,
        "test": failure.test,
    }
    for name, text in rows.items():
        if text:
            indented = escape(text.replace("\n", f"\n{'':12}"))
            console.print(f"  [bold]{name:<9}[/] {indented}")


if __name__ == "__main__":
    cli(prog_name=LEARN)

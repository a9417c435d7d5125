"""The commands for sections, and for copies of them."""

import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.markup import escape

from classroom.commands.options import Url, chosen_folder, own_code
from classroom.commands.print_changes import print_own_changes, print_section_changes
from classroom.console import LEARN, console
from classroom.sections import find_app, find_section
from classroom.server import NO_LIMITS, Server
from classroom.server.client import Api
from classroom.server.launch import is_free, run_here


@click.command()
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


@click.command()
@click.argument("section")
@own_code
@click.option("--url", type=Url(), help="A running server; new data stays there.")
@click.option("--admin", metavar="NAME:PASSWORD", help="An admin of that server.")
@click.option(
    "--upto", is_flag=True, help="Only count promises, and show what is next."
)
def check(
    section: str,
    app: Path | None,
    my: bool,
    url: str | None,
    admin: str | None,
    upto: bool,
) -> None:
    """Check which of a section's promises your code, or any server, keeps."""
    from classroom.contract import report  # pytest is slow to import

    found = find_app(section)
    number = found.number
    if (app is not None or my) == (url is not None):
        raise click.UsageError("Give one of --app DIR, --my and --url URL.")
    folder = chosen_folder(found, app, my)
    print_results = report.print_promise_count if upto else report.print_contract
    if folder is not None:
        if admin:
            raise click.UsageError(
                "--admin needs --url: with --app, an admin is created for you."
            )
        if found.beside_staircase:  # its tests start the server as they need it
            kept = report.report_contract(number, folder.resolve(), print_results)
        else:
            with Server(folder, settings=NO_LIMITS) as server:
                kept = report.report_contract(
                    number, server.address, print_results, server=server
                )
    else:
        assert url is not None
        Api(url).expect_response()
        kept = report.report_contract(number, url, print_results, admin=admin)
    sys.exit(0 if kept else 1)


@click.command()
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
    on_server = servers.get(found.number)
    if deployed and not on_server:
        raise click.UsageError("--section is for rehearse 08 and 09.")
    if on_server:
        found = find_app(deployed or "07")
    own = chosen_folder(found, app, my)
    with terminal.TerminalListener() as listener:
        if on_server:
            rehearsal = on_server(found, listener, own=own)
        else:
            found = replace(found, folder=own or found.folder)
            rehearsal = run_rehearsal(found, listener)
    terminal.print_rehearsal(rehearsal)
    sys.exit(0 if rehearsal.ok else 1)


@click.command()
@click.argument("before")
@click.argument("after", required=False)
@own_code
def diff(before: str, after: str | None, app: Path | None, my: bool) -> None:
    """Show what section AFTER, or your code, changes in section BEFORE."""
    section = find_app(before)
    folder = chosen_folder(section, app, my)
    if (after is None) == (folder is None):
        raise click.UsageError("Give one of a second section, --app DIR and --my.")
    if folder is not None:
        print_own_changes(section, folder)
    elif after is not None:
        print_section_changes(section, find_app(after))


@click.command()
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

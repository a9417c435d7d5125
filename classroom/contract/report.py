"""Print which promises a server keeps."""

from rich.console import Console
from rich.markup import escape

from classroom.console import progress_bar
from classroom.contract.failure import BrokenPromise
from classroom.contract.run import PromiseCheck, check_promises
from classroom.contract.target import ServerProtocol


def report_promises(
    number: str,
    url: str,
    console: Console,
    *,
    admin: str | None = None,
    server: ServerProtocol | None = None,
) -> bool:
    """Check a server, print the promises it breaks, and return whether there are none.

    number: the section, such as "03"; url: where the server is.
    admin: "NAME:PASSWORD" of an admin there.
    server: the server itself, if its commands can be run: they make an admin.
    """
    with progress_bar(console) as progress:
        bar = progress.add_task(f"Section {number}: promises")
        check = PromiseCheck(
            on_start=lambda total: progress.update(bar, total=total),
            on_step=lambda: progress.advance(bar),
            server=server,
        )
        check_promises(number, url, check, admin)
    return print_promises(check, console)


def print_promises(check: PromiseCheck, console: Console) -> bool:
    """Print what a check has found; return whether every promise is kept."""
    for broken in check.broken:
        print_failure(f"✗ {broken.promise}", broken, console)
    if check.not_reached:
        count = len(check.not_reached)
        title = f"✗ {count} more could not be checked, since this goes wrong before:"
        print_failure(title, check.not_reached[0], console)
    if check.gave_up:
        console.print(
            "\n[red]The server does not answer any more: the rest is left out.[/]"
        )
    if check.without_admin:
        console.print(
            f"\n{check.without_admin} promises about admins were not checked: "
            "give --admin NAME:PASSWORD"
        )
    failed = len(check.broken) + len(check.not_reached)
    console.print(f"\n{check.kept} promises kept, {failed} not.")
    return not failed


def print_failure(title: str, failure: BrokenPromise, console: Console) -> None:
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

"""Print which promises a server keeps."""

from rich.console import Console
from rich.markup import escape

from classroom.console import console, progress_bar
from classroom.contract.failure import BrokenPromise
from classroom.contract.run import MAX_TIMEOUTS, ContractRun, run_contract
from classroom.contract.target import ServerProtocol


def report_contract(
    number: str,
    url: str,
    *,
    admin: str | None = None,
    server: ServerProtocol | None = None,
) -> bool:
    """Check a server, print the promises it breaks, and return whether it keeps all.

    number: the section, such as "03"; url: that of the server.
    admin: "NAME:PASSWORD" of an admin of that server.
    server: the server, if this machine can run its commands, to create an admin.
    """
    with progress_bar() as progress:
        bar = progress.add_task(f"Section {number}: promises")
        contract_run = ContractRun(
            on_start=lambda total: progress.update(bar, total=total),
            on_step=lambda: progress.advance(bar),
            server=server,
        )
        run_contract(number, url, contract_run, admin)
    return print_contract(contract_run, console)


def print_contract(run: ContractRun, console: Console) -> bool:
    """Print the results of a run; return whether every promise is kept."""
    for broken in run.broken:
        print_failure(f"✗ {broken.promise}", broken, console)
    if run.not_reached:
        count = len(run.not_reached)
        title = f"✗ {count} more could not be checked, since their preparation fails:"
        print_failure(title, run.not_reached[0], console)
    if run.timed_out:
        console.print(
            f"\n[red]{MAX_TIMEOUTS} requests had no complete response: the rest of the "
            "promises is skipped.[/]"
        )
    if run.without_admin:
        console.print(
            f"\n{run.without_admin} promises about admins were not checked: "
            "give --admin NAME:PASSWORD"
        )
    failed = len(run.broken) + len(run.not_reached)
    console.print(f"\n{run.kept} promises kept, {failed} not.")
    return not failed


def print_failure(title: str, failure: BrokenPromise, console: Console) -> None:
    """Print a broken promise: the request, what was promised, the response."""
    console.print(f"\n[red]{escape(title)}[/]")
    rows = {
        "request": failure.request,
        "promised": failure.check,
        "response": failure.response,
        "test": failure.test,
    }
    for name, value in rows.items():
        if value:
            indented = escape(value.replace("\n", f"\n{'':12}"))
            console.print(f"  [bold]{name:<9}[/] {indented}")

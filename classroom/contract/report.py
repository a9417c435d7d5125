"""Print which promises a server keeps."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from classroom.console import console, progress_bar
from classroom.contract.failure import BrokenPromise
from classroom.contract.run import MAX_TIMEOUTS, ContractRun, run_contract
from classroom.contract.target import ServerProtocol

IN_FULL = 5  # broken promises that are shown with their requests and responses
LONGEST_LINE = 300  # characters: some requests have a header of 20,000

# Prints the results of a run, and returns whether every promise is kept.
Report = Callable[[ContractRun, Console], bool]


def report_contract(
    number: str,
    target: str | Path,
    report: Report,
    *,
    admin: str | None = None,
    server: ServerProtocol | None = None,
) -> bool:
    """Check a server, print the results, and return whether it keeps all promises.

    number, target: as for run_contract().
    report: print_contract or print_promise_count.
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
        run_contract(number, target, contract_run, admin)
    return report(contract_run, console)


def print_contract(run: ContractRun, console: Console) -> bool:
    """Print which promises are broken; return whether every promise is kept."""
    print_broken(run.broken, console)
    if run.not_reached:
        count = len(run.not_reached)
        title = f"✗ {count} more could not be checked, since their preparation fails:"
        print_failure(title, run.not_reached[0], console)
    print_skipped(run, console)
    console.print(f"\n{run.kept} promises kept, {run.failed} not.")
    return not run.failed


def print_promise_count(run: ContractRun, console: Console) -> bool:
    """Print how many promises hold so far, and the first one that does not.

    Return whether every promise is kept.
    """
    print_skipped(run, console)
    count = f"{run.kept} of {run.kept + run.failed} promises hold."
    console.print(f"\n{count} Next:" if run.first_failure else f"\n{count}")
    if run.first_failure:
        print_failure(f"✗ {run.first_failure.promise}", run.first_failure, console)
    return not run.failed


def print_broken(broken: list[BrokenPromise], console: Console) -> None:
    """Print the broken promises: the first ones in full, then a line for each.

    Many tests check the same promise, in several cases: of many, one is shown.
    """
    if len(broken) <= IN_FULL:
        for failure in broken:
            print_failure(f"✗ {failure.promise}", failure, console)
        return
    cases = Counter(failure.promise for failure in broken)
    first_cases = {failure.promise: failure for failure in reversed(broken)}
    for number, (promise, count) in enumerate(cases.items()):
        title = f"✗ {promise}" + (f" ({count} cases)" if count > 1 else "")
        if number < IN_FULL:
            print_failure(title, first_cases[promise], console)
            continue
        if number == IN_FULL:
            console.print("\nThese are broken, too:")
        console.print(f"[red]{escape(title)}[/]")


def print_skipped(run: ContractRun, console: Console) -> None:
    """Print which promises were not checked, and why."""
    if run.timed_out:
        console.print(
            f"\n[red]{MAX_TIMEOUTS} requests had no complete response: the rest of the "
            "promises is skipped.[/]"
        )
    for reason, count in run.skipped.items():
        console.print(f"\n{count} promises were not checked: {reason}")


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
            lines = [shorten(line) for line in value.splitlines()]
            indented = escape(f"\n{'':12}".join(lines))
            console.print(f"  [bold]{name:<9}[/] {indented}")


def shorten(line: str) -> str:
    """Return the first characters of a line, and a sign that there are more."""
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"

"""The commands for exercises."""

import click


@click.command()
@click.argument("name", required=False)
@click.option("--reset", is_flag=True, help="Start again with the original files.")
def practice(name: str | None, reset: bool) -> None:
    """Show the next exercise, or the one NAMEd; check it once you change its files."""
    from classroom.practice.commands import practise  # slow to import

    practise(name, reset)


@click.command()
@click.argument("name", required=False)
def hint(name: str | None) -> None:
    """Show a hint for an exercise: one more each time."""
    from classroom.practice.commands import give_hint

    give_hint(name)


@click.command()
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="Do not ask first.")
def solution(name: str | None, yes: bool) -> None:
    """Show a solution of an exercise, and why it works."""
    from classroom.practice.commands import reveal

    reveal(name, yes)


@click.command()
def progress() -> None:
    """Show which exercises are done, section by section."""
    from classroom.practice.in_terminal import print_progress

    print_progress()


@click.command()
def watch() -> None:
    """Check an exercise each time that you save one of its files."""
    from classroom.practice.commands import watch_files

    watch_files()

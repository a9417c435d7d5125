"""The command line of learn.py: its commands, and how their errors are printed."""

import errno

import click
from rich.table import Table

from classroom.commands import (
    exercise_commands,
    lesson_commands,
    maintainer_commands,
    section_commands,
)
from classroom.console import LEARN, accept_ctrl_c, console
from classroom.errors import UserError
from classroom.sections import all_sections

COMMANDS = [
    *(lesson_commands.lab, lesson_commands.start, lesson_commands.reset),
    *(lesson_commands.plan, lesson_commands.demo),
    *(section_commands.run, section_commands.check, section_commands.diff),
    *(section_commands.rehearse, section_commands.postman),
    *(exercise_commands.practice, exercise_commands.watch, exercise_commands.hint),
    *(exercise_commands.solution, exercise_commands.progress),
    *(maintainer_commands.test, maintainer_commands.bench, maintainer_commands.refresh),
]


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


for command in COMMANDS:
    cli.add_command(command)

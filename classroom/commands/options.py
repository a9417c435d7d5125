"""Options that several commands have, and the values that they take."""

from collections.abc import Callable
from pathlib import Path

import click

from classroom.errors import UserError
from classroom.sections import Section, own_copy
from classroom.server.client import is_url


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

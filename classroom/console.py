"""The terminal: where the commands print, and how they show progress."""

import os

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

# How a reader starts a command.
LEARN = "python learn.py" if os.name == "nt" else "python3 learn.py"

console = Console(highlight=False, soft_wrap=True)


def progress_bar() -> Progress:
    """Return a bar that shows how much of the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console)

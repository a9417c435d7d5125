"""The terminal: where the commands print, how they show progress, and Ctrl-C."""

import os
import signal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

# How a reader starts a command.
LEARN = "python learn.py" if os.name == "nt" else "python3 learn.py"

console = Console(highlight=False, soft_wrap=True)


def progress_bar() -> Progress:
    """Return a bar that shows how much of the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console)


def accept_ctrl_c() -> None:
    """Let Ctrl-C interrupt this process, also if it was pressed before.

    learn.py blocks it while the modules of the commands are imported: that would end in
    a traceback.
    """
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])

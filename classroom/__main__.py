"""Make python -m classroom run the commands: learn.py does that."""

import signal

from classroom.cli import cli
from classroom.console import LEARN

try:
    cli(prog_name=LEARN)
finally:
    # From here on, Ctrl-C has nothing to clean up, and must not print a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

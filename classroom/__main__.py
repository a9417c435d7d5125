"""Make python -m classroom run the commands: learn.py does that."""

from classroom.cli import cli
from classroom.console import LEARN

cli(prog_name=LEARN)

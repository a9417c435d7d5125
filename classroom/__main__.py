"""Make python -m classroom run the commands: learn.py does that."""

from classroom.cli import LEARN, cli

cli(prog_name=LEARN)

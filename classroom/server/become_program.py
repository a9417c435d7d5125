"""Turn a process that was just forked into one that runs a module: see forked.py."""

import gc
import os
import runpy
import sys
from typing import Any

# forked.py runs this file with this variable: the command, its folder, its environment,
# the file for its output, and the pipe that is its standard input.
task: dict[str, Any] = globals()["task"]

# Whatever looks at an object copies its page of memory, which the processes share: the
# garbage collector need not look at what was imported before the fork.
gc.freeze()
os.setsid()  # a Ctrl-C in the terminal is not meant for it
os.dup2(task["stdin"].fileno(), 0)
with open(task["output"], "wb") as file:
    os.dup2(file.fileno(), 1)
    os.dup2(file.fileno(), 2)
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(  # type: ignore[union-attr]
        encoding="utf-8", errors="replace", write_through=True
    )
os.environ.clear()
os.environ.update(task["environment"])
# Python reads this variable when it starts, which this process has done long ago.
sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in os.environ
os.chdir(task["folder"])
sys.argv = task["command"]
runpy.run_path(sys.argv[0], run_name="__main__")

"""Run a module as a program that ends when whoever started it is gone.

    python -P leash.py flask run

The starter keeps the other end of this process's standard input open. When the
starter ends, in whatever way, even killed, the operating system closes that end, and
reading from it returns. The file is also run by Pythons that have nothing but a
section's own requirements, so it imports the standard library only.
"""

import os
import runpy
import signal
import sys
import threading


def end_with_the_starter() -> None:
    """Wait until standard input is closed, then end this process."""
    # Not sys.stdin: a thread that waits in it holds a lock that Python wants at exit.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_starter, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

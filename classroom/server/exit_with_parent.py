"""Run a module, or a program, that ends when its parent process does.

    python -P exit_with_parent.py flask run
    python -P exit_with_parent.py /usr/lib/postgresql/15/bin/postgres -D data

The parent keeps the other end of this process's standard input open. When the parent
ends, even if it is killed, the operating system closes that end, and reading standard
input returns. If the parent writes a line instead, this process prints the stacks of
its threads. The Python of a section's own virtual environment runs this file as well,
so it imports only the standard library.
"""

import faulthandler
import importlib
import os
import runpy
import signal
import subprocess
import sys
import threading


def end_with_parent() -> None:
    """Wait until standard input is closed, then end this process."""
    # Not sys.stdin: a thread that waits in it holds a lock that Python needs to exit.
    while os.read(0, 1024):
        faulthandler.dump_traceback()
    os.kill(os.getpid(), signal.SIGTERM)


def start_program(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a program that gets a SIGINT when this process gets a SIGTERM.

    command: the path of the program, and its arguments.
    """
    if os.geteuid() == 0:
        # Programs such as PostgreSQL refuse to run as root, and must run as the owner
        # of their data: the owner of the current folder.
        owner = os.stat(".")
        program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            user=owner.st_uid,
            group=owner.st_gid,
            extra_groups=[],
        )
    else:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: program.send_signal(signal.SIGINT))
    return program


def install_tracer() -> None:
    """Let the app record requests, if a notebook has started this: see follow.py."""
    if "CLASSROOM_FOLLOW" in os.environ:
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        importlib.import_module("classroom_tracer.install")
        del sys.path[0]


if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    program = start_program(sys.argv) if os.path.isabs(sys.argv[0]) else None
    threading.Thread(target=end_with_parent, daemon=True).start()
    if program:
        sys.exit(program.wait())
    install_tracer()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

"""Import modules, then fork a process for each client: see forked.py.

    python -P fork_server.py 3 flask.cli sqlalchemy ...

The first argument is the file descriptor of the socket at which it listens. It ends
when its standard input is closed, as it is when the process ends that has started it.

A client sends two file descriptors, which become the standard input and the output of
the new process. JSON follows: the command, the folder and the environment. The client
receives the id of the process, and its exit status once it has ended.
"""

import contextlib
import gc
import importlib
import json
import multiprocessing
import os
import runpy
import select
import signal
import socket
import sys
from typing import Any

SIZE = 4  # bytes of each number that is sent


def import_modules(names: list[str]) -> None:
    """Import modules; leave out those that are not installed."""
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # Whatever looks at an object copies its page of memory, which the processes share:
    # the garbage collector need not look at what was imported before the fork.
    gc.freeze()


def fork_for_each_client(listener: socket.socket) -> None:
    """Serve each client in a process of its own, until standard input is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the statuses of these do not matter
    while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
        client, _ = listener.accept()
        with client:
            if not os.fork():
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                with contextlib.suppress(OSError):  # the client has ended
                    serve_client(client)
                os._exit(0)  # without the time that freeing all modules takes


def serve_client(client: socket.socket) -> None:
    """Fork the process that a client asks for, and wait until it ends."""
    _, files, _, _ = socket.recv_fds(client, 1, 2)
    with client.makefile("rb") as request:
        task = json.load(request)
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=run_task, args=(client, files, task))
    process.start()
    process.join()
    send_number(client, process.exitcode or 0)


def send_number(client: socket.socket, number: int) -> None:
    """Send a number to a client."""
    client.sendall(number.to_bytes(SIZE, "little", signed=True))


def run_task(client: socket.socket, files: list[int], task: dict[str, Any]) -> None:
    """Run a file with what a new process would have: streams, variables, a folder."""
    os.setsid()  # a Ctrl-C in the terminal is not meant for it
    send_number(client, os.getpid())
    client.close()
    for target, source in enumerate([*files, files[1]]):
        os.dup2(source, target)
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


if __name__ == "__main__":
    import_modules(sys.argv[2:])
    fork_for_each_client(socket.socket(fileno=int(sys.argv[1])))

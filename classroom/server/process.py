"""A process that this one manages, and that ends with it."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Self

import psutil

EXIT_WITH_PARENT = Path(__file__).with_name("exit_with_parent.py")
TIMEOUT = 10.0  # seconds that a process has to end


def exit_with_parent(command: list[str], python: str = sys.executable) -> list[str]:
    """Return a command that also ends when the standard input is closed.

    command: a Python module, or the absolute path of a program, and its arguments.
    """
    # A program may have a locale in which Python cannot read the paths of packages.
    options = ["-P", "-S"] if Path(command[0]).is_absolute() else ["-P"]
    return [python, *options, str(EXIT_WITH_PARENT), *command]


class ManagedProcess:
    """A process, with all processes that it starts; it is started immediately.

    It ends with stop() or kill(), at the end of a with block, or when this process
    ends, even if it is killed.

    command, python: as for exit_with_parent().
    folder: where to run it; environment: its environment variables.
    output: the file that takes what it prints; without one, lines() yields it.
    """

    def __init__(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        output: Path | None = None,
        *,
        python: str = sys.executable,
    ) -> None:
        with contextlib.ExitStack() as stack:
            stdout = stack.enter_context(output.open("wb")) if output else None
            self._process = subprocess.Popen(
                exit_with_parent(command, python),
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,  # kept open: see exit_with_parent.py
                stdout=stdout or subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # Interrupting a notebook must not interrupt what it has started.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.poll() is None

    def children(self) -> list[psutil.Process]:
        """Return the processes that it has started directly, the oldest first."""
        children = psutil.Process(self.pid).children()
        return sorted(children, key=lambda child: child.pid)

    def lines(self) -> Iterator[str]:
        """Yield what it prints, line by line, until it ends."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield line.decode("utf-8", "replace").rstrip()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended, and return its exit status.

        Raises subprocess.TimeoutExpired if that takes longer than timeout, in seconds.
        """
        return self._process.wait(timeout)

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until a condition holds; return whether it did.

        The waiting ends when the process does, or after timeout seconds.
        """
        deadline = time.monotonic() + timeout
        while not condition():
            if not self.is_running or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def print_stacks(self) -> None:
        """Make a Python process print what each of its threads is doing."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")  # see exit_with_parent.py
        self._process.stdin.flush()

    def stop(self, timeout: float = TIMEOUT) -> None:
        """Ask the process to end, and kill it if it has not after timeout seconds."""
        assert self._process.stdin is not None
        self._process.stdin.close()  # exit_with_parent.py then asks it to end
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """Kill the process and all that it has started, as a power cut would."""
        if self.is_running:
            process = psutil.Process(self.pid)
            # The parent first: gunicorn replaces a worker that is gone.
            for each in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

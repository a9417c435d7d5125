"""A managed process ends when it should, with everything that it has started."""

import os
import subprocess
import sys

import psutil
import pytest

from classroom.server.process import ManagedProcess

# A process that ignores SIGTERM, with a child that does the same.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
print("ready", flush=True)
time.sleep(600)
"""

unix_only = pytest.mark.skipif(os.name == "nt", reason="signals and fork need Unix")


@pytest.fixture
def start(tmp_path):
    """A function that starts code as a process; its output goes into a file."""
    log = tmp_path / "output.log"

    def start_code(code):
        (tmp_path / "program.py").write_text(code, encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        return log, ManagedProcess(
            ["program"], folder=tmp_path, environment=environment, output=log
        )

    return start_code


@unix_only
def test_process_that_ignores_sigterm_is_killed_with_its_children(start):
    log, process = start(STUBBORN)
    assert process.wait_until(lambda: log.read_text().count("ready") == 2, 60)
    tree = [psutil.Process(process.pid), *process.children()]
    assert len(tree) == 2

    process.stop(timeout=0.2)

    assert not process.is_running
    assert psutil.wait_procs(tree, timeout=60)[1] == []


def test_process_is_gone_after_the_block(start):
    _, process = start("import time; time.sleep(600)")

    with process:
        assert process.is_running

    assert not process.is_running


def test_wait_until_ends_with_the_process(start):
    _, process = start("print('enough')")

    assert not process.wait_until(lambda: False, 60)
    assert process.wait() == 0
    process.stop()


def test_wait_until_ends_after_the_timeout(start):
    _, process = start("import time; time.sleep(600)")

    with process:
        assert not process.wait_until(lambda: False, 0.1)
        assert process.is_running


@unix_only
def test_program_runs_where_python_cannot_read_the_paths_of_packages(tmp_path):
    """A .pth file is read in the encoding of the locale."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path])
    packages = next(tmp_path.glob("lib/python*/site-packages"))
    (packages / "odd.pth").write_text("/home/José", encoding="utf-8")
    python = str(tmp_path / "bin" / "python")
    locale = os.environ | {"LC_ALL": "C"}
    command = ["/bin/echo", "ready"]

    with ManagedProcess(
        command, folder=tmp_path, environment=locale, python=python
    ) as process:
        assert list(process.lines()) == ["ready"]


@unix_only
def test_lines_are_read_from_a_pipe_until_the_end(tmp_path):
    command = [sys.executable, "-c", r"print('one\ntwo')"]

    with ManagedProcess(command, folder=tmp_path, environment=os.environ) as process:
        assert list(process.lines()) == ["one", "two"]
        assert process.wait() == 0

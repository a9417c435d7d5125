"""Temporary folders are always deleted, and may be in memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from classroom.server import temporary_folder
from classroom.server.temporary_folder import temporary_files_in_memory

needs_statvfs = pytest.mark.skipif(os.name == "nt", reason="Windows has no os.statvfs")

FOLDER_LEFT_BEHIND = """
from classroom.server.temporary_folder import TemporaryFolder
print(TemporaryFolder().path, flush=True)
"""


@pytest.mark.parametrize("end", ["", "import os; os._exit(1)"])
def test_folder_left_behind_is_deleted_without_a_warning(end):
    program = [sys.executable, "-X", "dev", "-c", FOLDER_LEFT_BEHIND + end]
    done = subprocess.run(program, capture_output=True, encoding="utf-8")

    deadline = time.monotonic() + 60
    while os.path.exists(done.stdout.strip()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert done.stderr == ""


@pytest.fixture
def memory(tmp_path, monkeypatch):
    """A folder that is used in place of /dev/shm."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(temporary_folder, "MEMORY", tmp_path)
    return tmp_path


@needs_statvfs
def test_temporary_files_are_in_memory(memory, monkeypatch):
    monkeypatch.setattr(temporary_folder, "ENOUGH", 1)

    with temporary_files_in_memory():
        place = tempfile.mkdtemp()
        program = "import tempfile; print(tempfile.gettempdir())"
        child = subprocess.check_output([sys.executable, "-c", program], text=True)

    assert Path(place).parent == Path(child.strip())
    assert Path(place).parent.parent == memory
    assert list(memory.iterdir()) == []
    assert tempfile.gettempdir() != child.strip()
    assert "TMPDIR" not in os.environ


@needs_statvfs
def test_temporary_files_stay_on_the_disk_without_enough_space(memory, monkeypatch):
    monkeypatch.setattr(temporary_folder, "ENOUGH", 2**70)

    with temporary_files_in_memory():
        assert not Path(tempfile.gettempdir()).is_relative_to(memory)


@needs_statvfs
def test_temporary_files_stay_on_the_disk_if_programs_cannot_run(memory, monkeypatch):
    monkeypatch.setattr(temporary_folder, "ENOUGH", 1)
    no_programs = os.statvfs_result([*os.statvfs(memory)[:8], os.ST_NOEXEC, 255])
    monkeypatch.setattr(os, "statvfs", lambda path: no_programs)

    with temporary_files_in_memory():
        assert not Path(tempfile.gettempdir()).is_relative_to(memory)


def test_temporary_files_stay_on_the_disk_without_a_tmpfs(memory, monkeypatch):
    monkeypatch.setattr(temporary_folder, "MEMORY", memory / "none")

    with temporary_files_in_memory():
        assert not Path(tempfile.gettempdir()).is_relative_to(memory)


def test_temporary_files_stay_in_tmpdir_if_it_is_set(memory, monkeypatch):
    monkeypatch.setattr(temporary_folder, "ENOUGH", 1)
    monkeypatch.setenv("TMPDIR", str(memory / "own"))

    with temporary_files_in_memory():
        assert os.environ["TMPDIR"] == str(memory / "own")

"""Each section runs as a copy of its folder, with nothing but its own requirements."""

import os
import shutil
import subprocess
import sys

import pytest

from classroom.sections import all_sections
from classroom.serving import Server

SECTIONS = all_sections()


def install(environment, requirements):
    """Make a virtual environment with some requirements, and return its Python."""
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    python = programs / ("python.exe" if os.name == "nt" else "python")
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-r", requirements], check=True)
    return str(python)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.number)
def test_section_runs_alone(section, tmp_path):
    folder = tmp_path / "elsewhere"
    shutil.copytree(section.folder, folder)
    python = install(tmp_path / "environment", folder / "requirements.txt")

    with Server(folder, python=python) as server, server.api() as api:
        reply = api.get("/")

    assert reply.status_code in (200, 404)
    command = [python, "-P", "-c", "import classroom"]
    assert subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0


def test_sections_are_no_packages():
    """gunicorn and flask run import app.py from a folder, not from a package."""
    for section in SECTIONS:
        assert not (section.folder / "__init__.py").exists()

"""Each section runs as a copy of its folder, with only its own requirements."""

import importlib.util
import os
import shutil
import subprocess
import sys
from importlib import metadata

import pytest

from classroom.sections import app_sections
from classroom.server import Server

SECTIONS = app_sections()
# The rehearsal does the same with the sections for Heroku, but not on Windows, where
# there is no gunicorn.
ALONE = [s for s in SECTIONS if os.name == "nt" or not (s.folder / "Procfile").exists()]
GUNICORN = f"gunicorn=={metadata.version('gunicorn')}"


def make_environment(folder):
    """Make a virtual environment; return its Python and a command that installs."""
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / ("python.exe" if os.name == "nt" else "python"))
    if importlib.util.find_spec("uv"):  # where learn.py has put it: much faster
        uv = [sys.executable, "-m", "uv", "--quiet"]
        subprocess.run([*uv, "venv", folder], check=True)
        return python, [*uv, "pip", "install", "--python", python]
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return python, [python, "-m", "pip", "--quiet", "install"]


@pytest.mark.parametrize("section", ALONE, ids=lambda section: section.number)
def test_section_runs_alone(section, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(section.folder, folder)
    python, install = make_environment(tmp_path / "environment")
    subprocess.run([*install, "-r", folder / "requirements.txt"], check=True)

    with Server(folder, python=python) as server, server.api() as api:
        assert api.get("/no/such/url").status_code == 404

    command = [python, "-P", "-c", "import classroom"]
    assert subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0
    if section.number >= "04" and os.name != "nt":
        subprocess.run([*install, GUNICORN], check=True)
        with Server(folder, python=python, workers=1) as server, server.api() as api:
            path, status = "/items", 200
            if section.beside_staircase:  # it has other URLs
                path, status = "/no/such/url", 404
            assert api.get(path).status_code == status


def test_sections_are_not_packages():
    """gunicorn and flask run import app.py from a folder, not from a package."""
    for section in SECTIONS:
        assert not (section.folder / "__init__.py").exists()

"""The front end of a section: its packages and its build are made once, and kept.

Both are in the user's cache, in folders whose names are hashes of what they depend on.
"""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from classroom.errors import UserError
from classroom.sections import section_files
from classroom.server.user_cache import call_npm, keep_once

MIN_NODE = (20, 19)  # for Angular 21
ADVICE = (
    "The front end of section 13 needs Node.js {}.{} or newer, with npm: "
    "https://nodejs.org"
).format(*MIN_NODE)
PACKAGES = ["package.json", "package-lock.json", ".npmrc"]


def find_npm() -> str:
    """Return the path of npm.

    Raises UserError if there is none, or if Node.js is too old.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise UserError(ADVICE)
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < MIN_NODE:
        raise UserError(f"{ADVICE} This is {version.strip()}.")
    return npm


def build_frontend(sources: Path) -> Path:
    """Build a front end, unless it is built already; return the folder of the files.

    sources: the folder with package.json.

    Raises UserError, with what npm prints, if that fails.
    """

    def build(folder: Path) -> None:
        copy_frontend(sources, folder / "copy")
        run_npm("run", "build", folder=folder / "copy")
        (folder / "copy" / "dist" / "browser").rename(folder / "browser")
        shutil.rmtree(folder / "copy")

    files = section_files(sources)
    return keep_once(f"frontend-{digest(files)}", build) / "browser"


def copy_frontend(sources: Path, copy: Path) -> Path:
    """Copy a front end, so that npm can run its scripts there; return the copy."""
    for name, file in section_files(sources).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy / name)
    (copy / "node_modules").symlink_to(install_packages(sources))
    return copy


def install_packages(sources: Path) -> Path:
    """Install the packages of a front end, unless they are; return node_modules."""

    def install(folder: Path) -> None:
        for name in PACKAGES:
            shutil.copyfile(sources / name, folder / name)
        run_npm("ci", folder=folder)

    files = {name: sources / name for name in PACKAGES}
    return keep_once(f"node-{digest(files)}", install) / "node_modules"


def run_npm(*arguments: str, folder: Path) -> str:
    """Run npm in a folder, and return what it prints; raise UserError if it fails."""
    done = call_npm(find_npm(), *arguments, folder=folder)
    if done.returncode:
        raise UserError(f"npm {' '.join(arguments)} has failed:\n{done.stdout}")
    return done.stdout


def digest(files: dict[str, Path]) -> str:
    """Return a hash of files, and of their names."""
    found = hashlib.sha256()
    for name, file in files.items():
        found.update(f"{name}\n{file.stat().st_size}\n".encode() + file.read_bytes())
    return found.hexdigest()[:16]

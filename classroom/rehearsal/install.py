"""Make a virtual environment with requirements, or link to one of an earlier rehearsal.

    python -I install.py KEPT REQUIREMENTS ENVIRONMENT

KEPT is the folder of the environments that are kept, with the bytecode of the packages,
which takes longer to make than all the rest. REQUIREMENTS is a file, and ENVIRONMENT
where the environment is needed. This only imports the standard library, to start fast.
"""

import hashlib
import importlib.util
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

LIMIT = 8  # environments that are kept
NOT_INSTALLED = 2  # the exit status if every installer fails
EXACT = re.compile(r"[\w.-]+(\[[\w.,-]+\])?==[\w.+!-]+(\s*;.*)?")
EARLIER = "(The packages are those of an earlier rehearsal.)"


def provide(kept: Path, requirements: Path, environment: Path) -> None:
    """Let an environment have the requirements; they are kept if they are exact."""
    text = requirements.read_text("utf-8", "replace")
    if are_exact(text):
        found = keep(kept, fingerprint(text), requirements)
        shutil.rmtree(environment, ignore_errors=True)
        environment.symlink_to(found)
    else:
        make(requirements, environment)


def are_exact(text: str) -> bool:
    """Return whether requirements are names with versions, without other files."""
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return all(EXACT.fullmatch(line) for line in lines if line and line[0] != "#")


def fingerprint(text: str) -> str:
    """Return a hash of all that an environment depends on."""
    parts = [text, sys.version, sys.base_prefix, platform.machine()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def keep(kept: Path, name: str, requirements: Path) -> Path:
    """Return a kept environment; make it first, unless it is there and complete."""
    import fcntl  # not on Windows, where there are no rehearsals

    kept.mkdir(parents=True, exist_ok=True)
    environment = kept / name
    complete = environment / "complete"
    with (kept / "lock").open("a") as lock:
        # One process at a time; closing the file releases it, and so does a crash.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if complete.exists():
            print(EARLIER)
        else:
            shutil.rmtree(environment, ignore_errors=True)
            make(requirements, environment)
        complete.touch()  # also the time when it was last used
        remove_others(kept)
    return environment


def remove_others(kept: Path) -> None:
    """Remove all environments but the complete ones that were used last."""
    complete = sorted(kept.glob("*/complete"), key=lambda file: file.stat().st_mtime)
    wanted = [file.parent for file in complete[-LIMIT:]]
    for other in kept.iterdir():
        if other.is_dir() and other not in wanted:
            # First: if this is interrupted, the rest must not be used.
            (other / "complete").unlink(missing_ok=True)
            shutil.rmtree(other)


def make(requirements: Path, environment: Path) -> None:
    """Make an environment, and install requirements; exit if that is not possible."""
    venv.create(environment, symlinks=True)
    for installer in installers(environment):
        command = [*installer, "-r", str(requirements)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return
    sys.stdout.buffer.write(done.stdout)  # of pip, the last one
    sys.exit(NOT_INSTALLED)


def installers(environment: Path) -> Iterator[list[str]]:
    """Yield commands that install packages, without "-r requirements.txt"."""
    target = ["--python", str(environment / "bin" / "python")]
    if importlib.util.find_spec("uv"):  # learn.py installs it, since it is much faster
        uv = [sys.executable, "-m", "uv", "pip", "install", *target]
        yield uv
        yield [*uv, "--offline"]  # without a network, packages may be in the cache
    pip = [sys.executable, "-m", "pip", *target, "install", "--no-input", "--no-color"]
    # With two --quiet, pip only prints errors.
    yield [*pip, "--quiet", "--quiet", "--retries", "1"]


if __name__ == "__main__":
    provide(*map(Path, sys.argv[1:]))

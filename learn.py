#!/usr/bin/env python3
"""Install everything once, and run a command of this course.

    python3 learn.py            the sections and the next commands to try
    python3 learn.py lab        the notebooks, in JupyterLab
    python3 learn.py test       every test

Everything is installed into the folder .venv, which may be deleted at any time. If the
Python that runs this already has every package, for instance in a virtual environment
of your own, it is used instead. This file needs only the standard library, and very old
versions of Python can parse it, so that it can print that they are too old.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "This course needs Python 3.11 or newer, but this is Python %d.%d. Install a "
        "newer one from python.org, and run this again with it." % sys.version_info[:2]
    )

import signal

if __name__ == "__main__":  # until set-up begins, Ctrl-C ends this without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STATE = VENV / "set-up.json"  # what is installed; written when all of it is
LOG = VENV / "set-up.log"
CONSTRAINTS = ROOT / "constraints.txt"
REQUIREMENTS = [ROOT / "requirements.txt"] + sorted(
    ROOT.glob("section*/requirements.txt")
)
UV = "uv==0.13.8"
BYTES_NEEDED = 1000000000

DISK_IS_FULL = "The disk is full. Free 2 GB, and run this again."
READ_ONLY = (
    "Set-up may not write into the folder %s: copy it to a folder of yours, and run "
    "this again there." % ROOT
)
# What pip and uv print, and what the user can do about it.
ADVICE = [
    (r"No space left|Errno 28|os error 28|not enough space on the disk", DISK_IS_FULL),
    (
        r"name resolution|Name or service not known|nodename nor servname|getaddrinfo"
        r"|NewConnectionError|NameResolutionError|ProxyError|Network is unreachable"
        r"|[Tt]imed out|dns error|tcp connect error",
        "The package index cannot be reached. The first set-up needs the internet: "
        "check the connection, and run this again.",
    ),
    (
        r"ensurepip",
        "This Python has no venv module. On Debian or Ubuntu, install it with 'sudo "
        "apt install python3-venv'. Then run this again.",
    ),
]


class SetUpError(Exception):
    """Set-up cannot continue; the message says why, and what to do."""


def fingerprint():
    """Return a hash of the requirements that .venv depends on."""
    digest = hashlib.sha256()
    for path in REQUIREMENTS + [CONSTRAINTS]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def package_folders():
    """Return the folder of .venv with the packages, in a list; none without .venv."""
    unix, windows = "lib/python*/site-packages", "Lib/site-packages"
    return list(VENV.glob(unix)) or list(VENV.glob(windows))


def count_files():
    """Return how many files and folders each package in .venv has.

    Those of pip are not counted, which users upgrade, and neither are cached files.
    """
    counts = {}
    for packages in package_folders():
        for folder in [packages] + [p for p in packages.iterdir() if p.is_dir()]:
            if not re.search(r"^pip$|\.dist-info$|^__pycache__$", folder.name):
                names = set(os.listdir(str(folder))) - {"__pycache__"}
                counts[folder.name] = len(names)
    return counts


def installed():
    """Return what set-up has written when it was finished; {} if it was not."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
        files = {name: int(count) for name, count in state["files"].items()}
        return dict(state, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def is_intact():
    """Return whether .venv was installed here, and no package has lost a file."""
    state = installed()
    if state.get("place") != str(ROOT) or not works(PYTHON):
        return False
    files, found = state["files"], count_files()
    return all(found.get(name, 0) >= files[name] for name in files)


def is_ready():
    """Return whether .venv meets the current requirements."""
    return installed().get("requirements") == fingerprint() and is_intact()


def works(python):
    """Return whether a Python runs and finds packages; after an upgrade, it may not."""
    try:
        command = [str(python), "-c", "import click"]
        return subprocess.call(command, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def is_complete():
    """Return whether the Python that runs this meets the requirements."""
    try:
        origin = metadata.distribution("classroom").read_text("direct_url.json")
        if json.loads(origin or "{}").get("url") != ROOT.as_uri():
            return False
        for path in REQUIREMENTS:
            pins = path.read_text(encoding="utf-8")
            for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)$", pins):
                if metadata.version(name) != version:
                    return False
    except metadata.PackageNotFoundError:
        return False
    return True


@contextlib.contextmanager
def only_one():
    """Let one process at a time continue; a second one waits for the first."""
    with open(str(ROOT / ".venv.lock"), "a") as lock:
        while True:
            try:
                if os.name == "nt":
                    import msvcrt

                    msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
                else:
                    import fcntl

                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                time.sleep(0.2)
        yield  # closing the file releases the lock, and so does a crash


def report(message):
    """Print a line about set-up to stderr, apart from the output of the command."""
    sys.stderr.write(message + "\n")


def run(*command):
    """Run a step of set-up, and show its latest line of output.

    Raises SetUpError, with advice if there is any, if it fails.
    """
    lines = ["no output"]
    process = subprocess.Popen(
        [str(argument) for argument in command],
        cwd=str(ROOT),
        # For the pip processes that pip starts, too: offline, each would retry often.
        env=dict(os.environ, PIP_RETRIES="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    with process:
        for line in filter(None, map(str.strip, process.stdout)):
            lines.append(line)
            if sys.stderr.isatty():
                room = shutil.get_terminal_size().columns - 6
                sys.stderr.write("\r\033[K    " + line[:room])
                sys.stderr.flush()
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    if process.returncode == 0:
        return
    output = "\n".join(lines)
    for pattern, advice in ADVICE:
        if re.search(pattern, output):
            raise SetUpError(advice)
    LOG.write_text(output, encoding="utf-8")
    raise SetUpError("Set-up failed: " + lines[-1] + " (More in .venv/set-up.log.)")


def install():
    """Install every requirement into .venv: with uv, or with pip if that fails."""
    pip = [PYTHON, "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    pip += ["--disable-pip-version-check"]
    uv_pip = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON]
    pins = re.findall(r"(?m)^[\w.-]+==\S+", CONSTRAINTS.read_text(encoding="utf-8"))
    report("2/3 Installing uv, which installs packages quickly")
    try:
        run(*pip + ["--only-binary", ":all:", UV])
        report("3/3 Installing %d packages" % len(pins))
        run(*uv_pip + ["-r", "requirements.txt"])
    except SetUpError:
        report("3/3 Installing with pip instead, which takes longer")
        run(*pip + ["-r", "requirements.txt"])
    link_classroom()


def link_classroom():
    """Make the path from .venv to the classroom package a relative one.

    Until Python 3.13, in some locales, Python would misread an é in a whole path.
    """
    for packages in package_folders():
        file = packages / "classroom.pth"
        file.unlink()  # it may be a hard link to a file in the cache of uv
        file.write_text(os.path.relpath(str(ROOT), str(packages)))


def set_up():
    """Make .venv, or update it."""
    start = time.monotonic()
    if shutil.disk_usage(str(ROOT)).free < BYTES_NEEDED:
        raise SetUpError(DISK_IS_FULL)
    if is_intact():
        report("1/3 Updating .venv")
    else:
        if VENV.exists():
            report("The folder .venv is incomplete, or is from another folder.")
            shutil.rmtree(str(VENV), ignore_errors=True)
        report("1/3 Making a virtual environment in .venv")
        VENV.mkdir()
        # Not sys.executable, which may be in the folder that was just deleted.
        run(sys._base_executable, "-m", "venv", VENV)
    STATE.write_text("{}", encoding="utf-8")  # until everything is installed
    install()
    state = {"place": str(ROOT), "requirements": fingerprint(), "files": count_files()}
    STATE.write_text(json.dumps(state), encoding="utf-8")
    report("Ready, after %d seconds." % (time.monotonic() - start))


def main():
    """Install what is missing, then run the classroom package."""
    python = sys.executable
    try:
        if Path(sys.prefix).resolve() == VENV or not is_complete():
            python = str(PYTHON)
            if not is_ready():
                with only_one():
                    if not is_ready():
                        signal.signal(signal.SIGINT, signal.default_int_handler)
                        set_up()
                        signal.signal(signal.SIGINT, signal.SIG_DFL)
    except SetUpError as error:
        sys.exit(str(error))
    except OSError as error:
        known = {errno.ENOSPC: DISK_IS_FULL, errno.EROFS: READ_ONLY}
        known.update({errno.EACCES: READ_ONLY, errno.EPERM: READ_ONLY})
        known[errno.EEXIST] = "Set-up cannot delete .venv: delete it, and try again."
        sys.exit(known.get(error.errno, "Set-up failed: %s" % error))
    except KeyboardInterrupt:
        sys.exit("\nSet-up was interrupted. Run this again to start over.")
    # UTF-8, even if the system uses another encoding.
    environment = dict(os.environ, PYTHONUTF8="1")
    command = [python, "-P", "-m", "classroom"] + sys.argv[1:]
    if os.name != "nt":
        # While it imports its modules, Ctrl-C waits: see accept_ctrl_c() there.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        os.execve(python, command, environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command gets it as well
    sys.exit(subprocess.call(command, env=environment))


if __name__ == "__main__":
    main()

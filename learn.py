#!/usr/bin/env python3
"""Set everything up, once, and run a command of this school.

    python3 learn.py            what there is to learn, and how to go on
    python3 learn.py lab        the lessons, in JupyterLab
    python3 learn.py test       every test

Everything is installed into the folder .venv, which may be deleted at any time. A
Python that already has it all, say in a virtual environment of your own, is used as
it is. This file needs the standard library only, and is written so that even a very
old Python can read it, and say that it is too old.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "This needs Python 3.11 or newer, and this is Python %d.%d. Install a newer "
        "one from python.org, and run this again with it." % sys.version_info[:2]
    )

import contextlib
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

DISK_IS_FULL = "The disk is full. Make 2 GB of room, and run this again."
# What pip and uv say, and what a person can do about it.
ADVICE = [
    (r"No space left|Errno 28|os error 28|not enough space on the disk", DISK_IS_FULL),
    (
        r"name resolution|Name or service not known|nodename nor servname|getaddrinfo"
        r"|NewConnectionError|NameResolutionError|ProxyError|Network is unreachable"
        r"|[Tt]imed out|dns error|tcp connect error",
        "The packages cannot be reached. Set-up needs the internet, this once: check "
        "the connection, and run this again.",
    ),
    (
        r"ensurepip",
        "This Python comes without its venv module. On Debian or Ubuntu, 'sudo apt "
        "install python3-venv' adds it. Then run this again.",
    ),
]


class SetUpError(Exception):
    """Set-up cannot go on; the text says why, and what to do."""


def fingerprint():
    """Return what .venv depends on: where it is, and what is required."""
    digest = hashlib.sha256()
    for path in REQUIREMENTS + [CONSTRAINTS]:
        digest.update(path.read_bytes())
    return {"place": str(ROOT), "requirements": digest.hexdigest()}


def installed():
    """Return the fingerprint of what .venv holds; an empty one if set-up broke off."""
    try:
        return json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def is_ready():
    """Return whether .venv holds what is required today."""
    return installed() == fingerprint() and works(PYTHON)


def works(python):
    """Return whether a Python runs and has packages, which an upgrade takes away."""
    try:
        command = [str(python), "-c", "import click, flask"]
        return subprocess.call(command, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def is_complete():
    """Return whether the Python that runs this has all that is required."""
    try:
        origin = metadata.distribution("classroom").read_text("direct_url.json")
        if json.loads(origin or "{}").get("url") != ROOT.as_uri():
            return False
        for path in REQUIREMENTS:
            text = path.read_text(encoding="utf-8")
            for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)$", text):
                if metadata.version(name) != version:
                    return False
    except metadata.PackageNotFoundError:
        return False
    return True


@contextlib.contextmanager
def only_one():
    """Let one process at a time go on; a second one waits until the first is done."""
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
        yield  # closing the file gives the lock back, and so does a crash


def say(text):
    """Print a line about set-up, apart from what the command itself prints."""
    sys.stderr.write(text + "\n")


def run(*command):
    """Run a step of set-up, showing the last line that it printed while it works.

    Raises SetUpError, with advice where there is some, if it fails.
    """
    lines = ["no output"]
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=str(ROOT),
        # For the pips that pip starts, too: without internet, each would try for long.
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
    say("2/3 Getting uv, which installs packages quickly")
    try:
        run(*pip + ["--only-binary", ":all:", UV])
        say("3/3 Installing %d packages" % len(pins))
        run(*uv_pip + ["-r", "requirements.txt"])
    except SetUpError:
        say("3/3 Installing with pip instead, which takes longer")
        run(*pip + ["-r", "requirements.txt"])


def set_up():
    """Make .venv, or bring it up to date."""
    start = time.monotonic()
    if shutil.disk_usage(str(ROOT)).free < BYTES_NEEDED:
        raise SetUpError(DISK_IS_FULL)
    # One that broke off, or was made elsewhere and moved here, is not to be trusted.
    if installed().get("place") != str(ROOT) or not works(PYTHON):
        say("1/3 Making a virtual environment in .venv")
        shutil.rmtree(str(VENV), ignore_errors=True)
        VENV.mkdir()
        STATE.write_text("{}", encoding="utf-8")
        # Not sys.executable, which may stand in the folder that has just gone.
        run(sys._base_executable, "-m", "venv", VENV)
    else:
        say("1/3 Bringing .venv up to date")
    install()
    STATE.write_text(json.dumps(fingerprint()), encoding="utf-8")
    say("Ready, after %d seconds." % (time.monotonic() - start))


def main():
    """Set up what is missing, then hand over to the classroom package."""
    python = sys.executable
    try:
        if not is_complete():
            python = str(PYTHON)
            if not is_ready():
                with only_one():
                    if not is_ready():
                        set_up()
    except SetUpError as problem:
        sys.exit(str(problem))
    except OSError as problem:
        sys.exit(DISK_IS_FULL if problem.errno == 28 else "Set-up failed: %s" % problem)
    except KeyboardInterrupt:
        sys.exit("\nSet-up was interrupted. Run this again, and it starts over.")
    # UTF-8 also where the system's own encoding is another one.
    environment = dict(os.environ, PYTHONUTF8="1")
    command = [python, "-P", "-m", "classroom"] + sys.argv[1:]
    if os.name != "nt":
        os.execve(python, command, environment)
    with subprocess.Popen(command, env=environment) as process:
        while process.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):  # the command sees it as well
                process.wait()
    sys.exit(process.returncode)


if __name__ == "__main__":
    main()

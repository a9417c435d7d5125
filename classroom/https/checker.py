"""Check how a server encrypts, with sslyze."""

import importlib.util
import os
import sys
from pathlib import Path

from classroom.errors import UserError
from classroom.rehearsal.programs import run_program
from classroom.rehearsal.steps import Log, StepFailed
from classroom.server.ports import HOST

SSLYZE = "sslyze==6.3.1"
NO_UV = "Checking the encryption needs uv: install it with 'pip install uv'."
NO_SSLYZE = (
    "sslyze cannot be installed. Is there a connection to the internet? It is only "
    "needed the first time."
)
PROFILE = "intermediate"  # the configuration of Mozilla that nginx/tls.conf has


def check_encryption(log: Log, domain: str, port: int, root: Path) -> None:
    """Compare a server of this machine with Mozilla's recommendation.

    domain, port: where it is; root: the certificate of the authority that it uses.

    Raises StepFailed if it differs, and UserError if sslyze cannot be installed.
    """
    if importlib.util.find_spec("uv") is None:
        raise UserError(NO_UV)
    options = [f"--mozilla_config={PROFILE}", f"--certinfo_ca_file={root}"]
    target = f"{domain}:{port}{{{HOST}}}"
    for network in ([], ["--offline"]):  # it may still be in the cache
        log.add(f"$ sslyze {' '.join(options)} {target}")
        uv = [sys.executable, "-m", "uv", "tool", "run", "--quiet", *network]
        uv += ["--no-python-downloads", "--python", sys.executable]
        before = len(log.lines)
        command = [*uv, SSLYZE, *options, target]
        status = run_program(command, root.parent, os.environ, log)
        output = "\n".join(log.lines[before:])
        if "COMPLIANCE" in output:
            break
    else:
        raise UserError(NO_SSLYZE)
    if status:
        raise StepFailed("Correct nginx/tls.conf as sslyze says at the end.")
    log.result = f"as Mozilla's configuration {PROFILE} demands"

"""What a dyno finds: the commands in the Procfile, and variables."""

import os
import re
import secrets
from pathlib import Path

from classroom.server import NO_LIMITS

PROCESS_TYPE = re.compile(r"([A-Za-z0-9_-]+):\s*(.+)")


def read_procfile(app: Path) -> dict[str, str]:
    """Return the command of each process type; none if there is no Procfile."""
    file = app / "Procfile"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    found = map(PROCESS_TYPE.fullmatch, map(str.strip, lines))
    return {match[1]: match[2] for match in found if match}


def config_vars(app: Path, environment: Path, database: str) -> dict[str, str]:
    """Return what every dyno finds around it: what Heroku and its buildpack set.

    app: the folder that was pushed; environment: its virtual environment.
    database: the URL of the database.
    """
    return {
        "HOME": str(app),
        "LANG": "C.UTF-8",
        "PATH": f"{environment / 'bin'}{os.pathsep}{os.defpath}",
        "PYTHONPATH": str(app),
        "PYTHONUNBUFFERED": "true",
        "WEB_CONCURRENCY": "2",
        "GUNICORN_CMD_ARGS": "--access-logfile -",
        "FORWARDED_ALLOW_IPS": "*",
        "DATABASE_URL": database,
        # As app.json has it made, anew for each app.
        "FLASK_JWT_SECRET_KEY": secrets.token_hex(32),
        # Not on Heroku: the check logs in more often than people do.
        **{f"FLASK_{name}": limit for name, limit in NO_LIMITS.items()},
        # Nor this: nobody but this machine is to reach the rehearsal.
        "HOST": "127.0.0.1",
    }

"""The configuration of a dyno: the commands of the Procfile, and variables."""

import os
import re
import secrets
from pathlib import Path

from classroom.server import NO_LIMITS

SECRET_KEYS = ["FLASK_JWT_SECRET_KEY", "FLASK_SECRET_KEY"]
PROCESS_TYPE = re.compile(r"([A-Za-z0-9_-]+):\s*(.+)")


def read_procfile(app: Path) -> dict[str, str]:
    """Return the command of each process type; none if there is no Procfile."""
    file = app / "Procfile"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    found = map(PROCESS_TYPE.fullmatch, map(str.strip, lines))
    return {match[1]: match[2] for match in found if match}


def config_vars(
    app: Path, environment: Path, database: dict[str, str]
) -> dict[str, str]:
    """Return the variables of every dyno, as Heroku and its buildpack set them.

    app: the folder of the pushed files; environment: its virtual environment.
    database: the variable with the URL of the database.
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
        **database,
        # On Heroku, the command heroku config:set sets the one that the app has.
        **{name: secrets.token_hex(32) for name in SECRET_KEYS},
        "FLASK_FRONTEND_URL": "https://www.example.com",  # section 13 links to it
        # Unlike on Heroku: the check registers and logs in hundreds of times.
        **{f"FLASK_{name}": limit for name, limit in NO_LIMITS.items()},
        "FLASK_PASSWORD_HASH": "scrypt:1024:8:1",
        # Unlike on Heroku: other machines must not reach the rehearsal.
        "HOST": "127.0.0.1",
    }

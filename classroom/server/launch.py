"""How a section's server is started: the command, and its environment."""

import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from classroom.errors import ServerStartError, UserError
from classroom.server.forked import ForkedProcess, is_preloaded, run_forked
from classroom.server.process import ManagedProcess, exit_with_parent

DATABASE = "data.sqlite3"
# How the names of variables begin that configure a section, or name a real database.
SETTINGS = ("FLASK_", "DYNO", "DATABASE_URL", "REDIS_URL", "MONGO_URI")
TIMEOUT = 60.0  # seconds that a command of a section has to end


def has_migrations(folder: Path) -> bool:
    """Return whether migrations make a folder's database."""
    return (folder / "migrations").is_dir()


def database_command(folder: Path) -> list[str]:
    """Return the flask command that makes the database of a folder with migrations."""
    # The sections have a command that also adds the demo user. An app that a learner
    # has written need not have it.
    has_init_db = (folder / "commands.py").exists()
    return ["init-db"] if has_init_db else ["db", "upgrade"]


def flask_command(port: int, app: str = "app") -> list[str]:
    """Return the command that serves the app of the folder it is run in.

    port: the port to listen on; 0 picks a free one.
    app: the module to serve, if not app.py.
    """
    return ["flask", "--app", app, "run", "--host", "127.0.0.1", "--port", str(port)]


def gunicorn_command(port: int, app: str, workers: int) -> list[str]:
    """Return the command that serves the app with gunicorn.

    port, app: as for flask_command(); workers: how many processes respond to requests.
    """
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    return ["gunicorn", *bind, "--no-control-socket", f"{app}:create_app()"]


def database_settings(folder: Path) -> dict[str, object]:
    """Return the settings that make a section keep its database in a folder."""
    file = str(folder / DATABASE)
    return {"DATABASE": file, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"}


def make_environment(settings: Mapping[str, object]) -> dict[str, str]:
    """Return the environment of a process: this one's, with settings as FLASK_*.

    Variables of this environment that configure a section are left out, so that servers
    behave the same everywhere, and use no other data than their own.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(SETTINGS)}
    for name, value in settings.items():
        # Flask parses JSON: 2 becomes a number, true becomes True.
        string = value if isinstance(value, str) else json.dumps(value)
        kept[f"FLASK_{name}"] = string
    return kept | {"FLASK_SKIP_DOTENV": "1", "PYTHONUNBUFFERED": "1"}


def run_flask(
    folder: Path,
    environment: Mapping[str, str],
    *arguments: str,
    python: str = sys.executable,
    app: str = "app",
) -> str:
    """Run a command of a folder's app, such as init-db, and return what it prints.

    environment: its environment variables, such as from make_environment().
    arguments: the command; app: as for flask_command().

    Raises ServerStartError, with its last lines of output, if the command fails, or
    takes too long.
    """
    command = ["flask", "--app", app, *arguments]
    failure = f"cannot run flask {' '.join(arguments)}"
    try:
        status, output = run_module(command, folder, environment, TIMEOUT, python)
    except subprocess.TimeoutExpired:
        late = f"it did not end within {TIMEOUT:.0f} seconds"
        raise ServerStartError(folder, late, ended=True, failure=failure) from None
    if status:
        raise ServerStartError(folder, output, ended=True, failure=failure)
    return output


def run_module(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout: float,
    python: str = sys.executable,
) -> tuple[int, str]:
    """Run a Python module to its end; return its exit status, and what it printed.

    Raises subprocess.TimeoutExpired if that takes longer than timeout, in seconds.
    """
    if is_preloaded(python):
        return run_forked(command, folder, environment, timeout)
    done = subprocess.run(
        [python, "-P", "-m", *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
    )
    return done.returncode, done.stdout


def start_module(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    python: str = sys.executable,
) -> ManagedProcess:
    """Start a Python module, such as flask, as a process, forked if that is possible.

    command: the module, and its arguments; folder: where to run it.
    environment: its environment variables; output: the file for what it prints.
    """
    if is_preloaded(python):
        return ForkedProcess(command, folder, environment, output)
    return ManagedProcess(command, folder, environment, output, python=python)


def is_free(port: int) -> bool:
    """Return whether a server could listen on a port of 127.0.0.1."""
    with socket.socket() as probe:
        if os.name != "nt":  # as servers do; on Windows, this would take the port over
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                message = f"Port {port} cannot be used: {error.strerror}."
                raise UserError(message) from None
            return False
    return True


def run_here(folder: Path, port: int) -> int:
    """Serve a folder's app.py in this terminal until Ctrl-C; return the exit status."""
    environment = make_environment({})
    if has_migrations(folder):
        run_flask(folder, environment, *database_command(folder))
    process = subprocess.Popen(
        exit_with_parent(flask_command(port)),
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        # While a server imports its modules, Ctrl-C would make it print a traceback.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    with process, contextlib.suppress(KeyboardInterrupt):
        return process.wait()
    return 0

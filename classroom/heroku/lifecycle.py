"""What Heroku does with an app after the build: release it, start it, stop it."""

import signal
import socket
from typing import NoReturn

from classroom.heroku import heroku_messages
from classroom.heroku.dyno import Dyno
from classroom.heroku.steps import Log, StepFailed
from classroom.server.postgres import HOST

EXIT_LIMIT = 30.0  # seconds that a process has to end when it is asked to


def discover(log: Log, types: dict[str, str]) -> None:
    """Log the process types."""
    names = ", ".join(sorted(types)) or "(none)"
    log.add("-----> Discovering process types")
    log.add(f"       Procfile declares types -> {names}")


def release(log: Log, dyno: Dyno, config_vars: dict[str, str]) -> None:
    """Run the release command; raise StepFailed if it fails."""
    log.add(f"{heroku_messages.RELEASE_DECLARED}\nRunning release command...\n")
    with dyno:
        dyno.start(config_vars)
        while not dyno.wait(0.2):
            dyno.copy_output(log)
        dyno.copy_output(log)
    dyno.platform(log, heroku_messages.exited(dyno.status))
    if dyno.status:
        log.add(heroku_messages.RELEASE_FAILED)
        raise StepFailed(
            "Correct what the release command complains about, and commit it; until "
            "then, the previous release keeps running."
        )
    log.add(heroku_messages.RELEASE_DONE)
    log.result = dyno.command


def expect_web(log: Log, types: dict[str, str]) -> None:
    """Raise StepFailed if no process type receives requests."""
    if "web" not in types:
        log.add(heroku_messages.not_served("H14", "No web processes running"))
        raise StepFailed(
            "Name the command that starts the app in a Procfile, as in section 7: web: "
            "gunicorn 'app:create_app()'. Then commit it."
        )


def is_open(port: int) -> bool:
    """Return whether a process accepts connections at a port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def start(log: Log, web: Dyno, config_vars: dict[str, str], limit: float) -> None:
    """Start the web process; return once it listens at its port.

    limit: how many seconds that may take.

    Raises StepFailed if it ends instead, or does not listen in time.
    """
    web.platform(log, heroku_messages.started(web.command))
    web.start(config_vars)
    port = int(config_vars["PORT"])

    def is_up() -> bool:
        web.copy_output(log)
        return is_open(port)

    if not web.process.wait_until(is_up, limit):
        explain_failed_start(log, web)
    web.platform(log, heroku_messages.changed("starting", "up"))
    web.copy_output(log)
    log.result = web.command


def explain_failed_start(log: Log, web: Dyno) -> NoReturn:
    """Log why the web process does not listen, and raise StepFailed."""
    crashed = heroku_messages.changed("starting", "crashed")
    if web.process.is_running:
        web.kill()
        web.copy_output(log)
        killed = heroku_messages.exited(-signal.SIGKILL)
        lines = ["Stopping process with SIGKILL", killed, crashed]
        web.platform(log, heroku_messages.BOOT_TIMEOUT, *lines)
        raise StepFailed(
            "Let the web process listen at the port in the variable PORT, as section "
            "7's gunicorn.conf.py does."
        )
    web.copy_output(log)
    web.platform(log, heroku_messages.exited(web.status), crashed)
    log.add(heroku_messages.not_served("H10", "App crashed"))
    raise StepFailed(
        "Correct what the process complains about. A module that it does not find "
        "belongs to a package that is missing in requirements.txt."
    )


def stop(log: Log, web: Dyno) -> None:
    """Ask every process to end; raise StepFailed if one has not after 30 seconds."""
    web.platform(log, "Stopping all processes with SIGTERM")
    web.send(signal.SIGTERM)
    in_time = web.wait(EXIT_LIMIT)
    web.kill()
    web.copy_output(log)
    if not in_time:
        killed = [
            "Stopping process with SIGKILL",
            heroku_messages.exited(-signal.SIGKILL),
        ]
        web.platform(log, heroku_messages.EXIT_TIMEOUT, *killed)
        raise StepFailed(
            "Make requests end within 25 seconds after SIGTERM, as section 7's "
            "gunicorn.conf.py does: a process that is killed loses them."
        )
    web.platform(log, heroku_messages.exited(web.status))
    log.result = "it ended after SIGTERM"

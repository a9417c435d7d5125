"""What Heroku does with an app after the build: release it, start it, stop it."""

import signal
import socket
from typing import NoReturn

from classroom.heroku import heroku_messages
from classroom.heroku.dyno import Dyno
from classroom.rehearsal.steps import Log, StepFailed
from classroom.server.ports import HOST

EXIT_LIMIT = 30.0  # seconds in which a process must exit after SIGTERM


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
            "Fix the error that the release command reports, and commit the change. "
            "Until then, the previous release keeps running."
        )
    log.add(heroku_messages.RELEASE_DONE)
    log.result = dyno.command


def expect_web(log: Log, types: dict[str, str]) -> None:
    """Raise StepFailed if no process type receives requests."""
    if "web" not in types:
        log.add(heroku_messages.not_served("H14", "No web processes running"))
        raise StepFailed(
            "Add the command that starts the app to the Procfile, as in section 7: "
            "web: gunicorn 'app:create_app()'. Then commit the change."
        )


def is_open(port: int) -> bool:
    """Return whether a process accepts connections on a port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def start(log: Log, web: Dyno, config_vars: dict[str, str], limit: float) -> None:
    """Start the web process; return once it listens on its port.

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
            "Make the web process listen on the port in the environment variable PORT, "
            "as gunicorn.conf.py of section 7 does."
        )
    web.copy_output(log)
    web.platform(log, heroku_messages.exited(web.status), crashed)
    log.add(heroku_messages.not_served("H10", "App crashed"))
    raise StepFailed(
        "Fix the error that the process reports. If it cannot find a module, the "
        "package of that module is missing in requirements.txt."
    )


def stop(log: Log, web: Dyno) -> None:
    """Send SIGTERM to every process; raise StepFailed if one takes over 30 seconds."""
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
            "Make the process finish its requests within 25 seconds of SIGTERM, as "
            "gunicorn.conf.py of section 7 does: a killed process loses its requests."
        )
    web.platform(log, heroku_messages.exited(web.status))
    log.result = "it exited after SIGTERM"

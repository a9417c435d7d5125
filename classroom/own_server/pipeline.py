"""The rehearsal of section 8: step by step, until one fails."""

import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from classroom.errors import UserError
from classroom.own_server.settings import Settings, expect_programs
from classroom.own_server.stack import FOLDER, Stack
from classroom.rehearsal import git
from classroom.rehearsal.checks import Deployed, check
from classroom.rehearsal.database import new_database
from classroom.rehearsal.programs import environments
from classroom.rehearsal.steps import Listener, Log, Recorder, Rehearsal, StepFailed
from classroom.sections import LEFTOVERS, Section
from classroom.server.temporary_folder import TemporaryFolder

ADVICE = "find out what is different behind nginx"


def expect_linux() -> None:
    """Raise UserError on a system that cannot run the scripts of the server."""
    if sys.platform != "linux":
        raise UserError(
            "The scripts of section 8 are for Linux: rehearse on Linux, in WSL, or in "
            "a virtual machine."
        )
    expect_programs()


@dataclass(frozen=True)
class Prepared:
    """What the steps of a rehearsal begin with.

    folder: a temporary folder; clone: in it, what is committed in the repository.
    section: the folder's name of the section to deploy.
    database: the URL of an empty database.
    """

    folder: Path
    clone: Path
    section: str
    database: str


Steps = Callable[[Recorder, Prepared, Section], None]


def run_server_rehearsal(
    section: Section, listener: Listener, *, own: Path | None = None
) -> Rehearsal:
    """Set up a server with the files of section 8, and deploy a section on it.

    section: what to deploy, such as section 7; listener: is notified of the progress.
    own: a folder of your own, to deploy its files, as they are now, instead.

    Like that of Heroku, it uses what is committed, and only leaves packages behind.

    Raises UserError if the reason for a failure is this machine, not the section.
    """
    expect_linux()
    return rehearse_steps("08", [FOLDER], run_steps, section, listener, own)


def rehearse_steps(
    number: str,
    files: list[str],
    steps: Steps,
    section: Section,
    listener: Listener,
    own: Path | None,
) -> Rehearsal:
    """Clone the repository, add a database, and run the steps of a rehearsal.

    number: the section that is rehearsed, such as "08"; files: folders that it uses.
    section, listener, own: as for run_server_rehearsal().
    """
    repository, prefix = git.find_repository(section.folder)
    for part in (*files, prefix):
        git.note_uncommitted(listener, repository, part)
    rehearsal = Rehearsal(number)
    recorder = Recorder(rehearsal, listener)
    with TemporaryFolder() as folder, suppress(StepFailed), ExitStack() as stack:
        clone = folder.path / "clone"
        recorder.masks = {
            f"{folder.path}/srv": "/srv/stores",
            str(environments()): "/srv/stores/packages",
            f"{folder.path}/": "",
            repository.as_uri(): repository.name,
        }
        with recorder.step("Clone the repository") as log:
            git.clone(log, repository, clone)
            log.result = "all that is committed"
            if own:
                git.commit(log, clone, prefix, partial(replace_files, own))
                log.result += ", and your files as they are now"
        with recorder.step("Add a database") as log:
            url = stack.enter_context(new_database(log))
            log.result = log.lines[-1]
        recorder.masks[url.partition("://")[2]] = "…"
        steps(recorder, Prepared(folder.path, clone, prefix, url), section)
    return rehearsal


def replace_files(own: Path, folder: Path) -> None:
    """Replace the files in a folder by those of another one."""
    shutil.rmtree(folder)
    shutil.copytree(own, folder, ignore=shutil.ignore_patterns(*LEFTOVERS))


def run_steps(recorder: Recorder, prepared: Prepared, section: Section) -> None:
    """Deploy with gunicorn, then with uWSGI, and check what the section promises."""
    settings = Settings(prepared.folder, prepared.section, prepared.database)
    with Stack(prepared.clone, settings) as server:
        start_server(recorder, server)
        check_promises(recorder, "Check gunicorn", server, section)
        with recorder.step("Deploy with uWSGI") as log:
            settings.service = "stores-uwsgi"
            server.systemctl("stop", "stores.socket", "stores.service")
            server.write_units()
            server.systemctl("start", "stores.socket")
            deploy(log, server)
        check_promises(recorder, "Check uWSGI", server, section)
        with recorder.step("Back up and restore") as log:
            back_up_and_restore(log, server)
        stop_server(recorder, server)


def start_server(recorder: Recorder, server: Stack) -> None:
    """Deploy with gunicorn, behind nginx."""
    with recorder.step("Start the service manager") as log:
        server.start()
        server.systemctl("start", "stores.socket")
        log.result = "it listens at the socket, for the app"
    with recorder.step("Deploy with gunicorn") as log:
        deploy(log, server)
    with recorder.step("Start nginx") as log:
        server.nginx.start()
        log.add(server.nginx.test())
        log.result = f"nginx -t, then {server.settings.address}"


def check_promises(
    recorder: Recorder, name: str, server: Stack, section: Section
) -> None:
    """Check what the section promises, in a step with this name."""
    with recorder.step(name) as log:
        check(log, section.number, deployed(server), server.copy_journal, ADVICE)


def stop_server(recorder: Recorder, server: Stack) -> None:
    """End all programs of the server."""
    with recorder.step("Stop") as log:
        server.stop()
        server.copy_journal(log)
        log.result = "all processes have ended"


def deployed(server: Stack) -> Deployed:
    """Return the app behind nginx, with the environment of its commands."""
    current = server.settings.folder / "srv" / "current"
    environment = server.settings.app_variables()
    return Deployed(current, server.settings.origin, environment)


def deploy(log: Log, server: Stack) -> None:
    """Run deploy.sh; raise StepFailed if the new release is not ready."""
    if server.run(log, "deploy.sh", "HEAD"):
        raise StepFailed("Fix the error that deploy.sh reports, and commit the change.")
    lines = [line for line in log.lines if line.startswith("==> ")]
    log.result = lines[-1].removeprefix("==> ")


def back_up_and_restore(log: Log, server: Stack) -> None:
    """Run backup.sh, then restore.sh; raise StepFailed if one of them fails."""
    status = server.run(log, "backup.sh")
    [backup] = (server.settings.folder / "backups").glob("*.dump")
    if status or server.run(log, "restore.sh", str(backup)):
        raise StepFailed("Fix the error that the script reports, and commit it.")
    log.result = f"{backup.stat().st_size // 1024} KiB"

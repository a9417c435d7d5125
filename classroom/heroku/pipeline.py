"""The rehearsal itself: step by step, until one fails."""

import os
from contextlib import ExitStack, suppress
from pathlib import Path

from classroom.errors import UserError
from classroom.heroku import git
from classroom.heroku.build import build
from classroom.heroku.checks import Deployed, check
from classroom.heroku.config_vars import config_vars, read_procfile
from classroom.heroku.database import new_database
from classroom.heroku.dyno import Dyno
from classroom.heroku.git import Change
from classroom.heroku.lifecycle import (
    discover,
    expect_web,
    release,
    start,
    stop,
)
from classroom.heroku.steps import Listener, Recorder, Rehearsal, StepFailed
from classroom.heroku.temporary_folder import Scratch
from classroom.sections import Section
from classroom.server.postgres import HOST, find_free_port

BOOT_LIMIT = 60.0  # seconds after which Heroku gives up a process that does not listen


def run_rehearsal(
    section: Section,
    listener: Listener,
    *,
    change: Change | None = None,
    boot_limit: float = BOOT_LIMIT,
) -> Rehearsal:
    """Deploy a section, as it is committed, to what stands in for Heroku here.

    listener: who is told how it goes.
    change: changes the section's folder before, in the clone, to break it on purpose.
    boot_limit: seconds until the web process must listen.

    Nothing is left behind, and the reader's repository stays as it is.

    Raises UserError where this machine, and not the section, is not fit for it.
    """
    if os.name == "nt":
        raise UserError(
            "gunicorn does not run on Windows: rehearse in WSL, on Linux or on macOS."
        )
    repository, prefix = git.find_repository(section.folder)
    if uncommitted := git.count_uncommitted(repository, prefix):
        listener.note(
            f"Heroku gets what is committed: {uncommitted} changed or new "
            f"{'file' if uncommitted == 1 else 'files'} in {prefix} will not be there."
        )
    rehearsal = Rehearsal(section.number)
    recorder = Recorder(rehearsal, listener)
    with Scratch() as scratch, suppress(StepFailed):
        app, environment = scratch.folder / "app", scratch.folder / "python"
        copy, remote = scratch.folder / "clone", scratch.folder / "heroku.git"
        recorder.masks = {
            str(app): "/app",
            str(environment): "/app/.heroku/python",
            f"{scratch.folder}/": "",
            str(repository): repository.name,
        }
        with recorder.step("Clone the repository") as log:
            git.clone(log, repository, copy)
            if change:
                git.commit(log, copy, prefix, change)
            broken = ", broken on purpose" if change else ""
            log.result = f"all that is committed{broken}"
        with recorder.step("Push the folder") as log:
            git.push(log, copy, prefix, remote, app)
            log.result = f"{prefix} alone, to the branch main of heroku"
        with recorder.step("Build") as log:
            build(log, app, environment)
            types = read_procfile(app)
            discover(log, types)
            log.result = log.lines[-1].strip()
        with ExitStack() as database:
            with recorder.step("Add a database") as log:
                url = database.enter_context(new_database(log, scratch))
                log.result = log.lines[-1]
            settings = config_vars(app, environment, url)
            for name in ("DATABASE_URL", "FLASK_JWT_SECRET_KEY"):
                recorder.masks[settings[name]] = f"${name}"
            # An app may write another scheme, such as postgresql+psycopg, before it.
            recorder.masks[url.partition("://")[2]] = "…"
            run_app(recorder, app, types, settings, boot_limit)
    return rehearsal


def run_app(
    recorder: Recorder,
    app: Path,
    types: dict[str, str],
    settings: dict[str, str],
    boot_limit: float,
) -> None:
    """Release an app that is built; start, check and stop its web process.

    types: the command of each process type; settings: the variables of each dyno.
    """
    if "release" in types:
        with recorder.step("Release") as log:
            release(log, Dyno("release", types["release"], app), settings)
    port = find_free_port()
    address = f"http://{HOST}:{port}"
    recorder.masks[address] = f"http://{HOST}:$PORT"
    with Dyno("web", types.get("web", ""), app) as web:
        with recorder.step("Start") as log:
            expect_web(log, types)
            start(log, web, settings | {"PORT": str(port)}, boot_limit)
        with recorder.step("Check") as log:
            check(
                log, web, recorder.rehearsal.section, Deployed(app, address, settings)
            )
        with recorder.step("Stop") as log:
            stop(log, web)

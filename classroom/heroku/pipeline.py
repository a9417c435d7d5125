"""The rehearsal: step by step, until one fails."""

import os
from contextlib import ExitStack, suppress
from pathlib import Path

from classroom.errors import UserError
from classroom.heroku.add_database import add_database
from classroom.heroku.build import build
from classroom.heroku.config_vars import SECRET_KEYS, config_vars, read_procfile
from classroom.heroku.dyno import Dyno
from classroom.heroku.lifecycle import (
    discover,
    expect_web,
    release,
    start,
    stop,
)
from classroom.heroku.push import push
from classroom.rehearsal import git
from classroom.rehearsal.checks import Deployed, check
from classroom.rehearsal.git import Change
from classroom.rehearsal.steps import Listener, Recorder, Rehearsal, StepFailed
from classroom.sections import Section
from classroom.server.ports import HOST, find_free_port
from classroom.server.temporary_folder import TemporaryFolder

ADVICE = "find out what is different on Heroku"
BOOT_LIMIT = 60.0  # seconds after which Heroku stops a process that does not listen


def run_rehearsal(
    section: Section,
    listener: Listener,
    *,
    as_it_is: bool = False,
    change: Change | None = None,
    boot_limit: float = BOOT_LIMIT,
) -> Rehearsal:
    """Deploy a section, as it is committed, the way Heroku would.

    listener: is notified of the progress.
    as_it_is: deploy the files as they are now, whether they are committed or not.
    change: changes the section's folder first, in the clone, to break it on purpose.
    boot_limit: seconds until the web process must listen.

    It does not change this repository, and leaves no processes and no files behind,
    except for packages in the user's cache, for the next rehearsal.

    Raises UserError if the reason for a failure is this machine, not the section.
    """
    if os.name == "nt":
        raise UserError(
            "gunicorn does not run on Windows: rehearse in WSL, on Linux or on macOS."
        )
    rehearsal = Rehearsal(section.number)
    recorder = Recorder(rehearsal, listener)
    with TemporaryFolder() as folder, suppress(StepFailed):
        if as_it_is:
            snapshot = folder.path / "snapshot"
            repository, prefix = git.take_snapshot(section.folder, snapshot)
        else:
            repository, prefix = git.find_repository(section.folder)
            git.note_uncommitted(listener, repository, prefix)
        app, environment = folder.path / "app", folder.path / "python"
        copy, remote = folder.path / "clone", folder.path / "heroku.git"
        recorder.masks = {
            str(app): "/app",
            str(environment): "/app/.heroku/python",
            f"{folder.path}/": "",
            repository.as_uri(): repository.name,
            str(repository): repository.name,
        }
        with recorder.step("Clone the repository") as log:
            git.clone(log, repository, copy)
            if change:
                git.commit(log, copy, prefix, change)
            broken = ", broken on purpose" if change else ""
            files = (
                "your files as they are now" if as_it_is else "all that is committed"
            )
            log.result = f"{files}{broken}"
        with recorder.step("Push the folder") as log:
            push(log, copy, prefix, remote, app)
            log.result = f"only {prefix}, to the branch main of the remote heroku"
        with recorder.step("Build") as log:
            build(log, app, environment)
            recorder.masks[str(environment.resolve())] = "/app/.heroku/python"
            types = read_procfile(app)
            discover(log, types)
            log.result = log.lines[-1].strip()
        with ExitStack() as stack:
            with recorder.step("Add a database") as log:
                database = stack.enter_context(add_database(log, app))
                log.result = log.lines[-1]
            variables = config_vars(app, environment, database)
            for name in (*database, *SECRET_KEYS):
                recorder.masks[variables[name]] = f"${name}"
            for url in database.values():
                # The app may change the scheme, to one such as postgresql+psycopg.
                recorder.masks[url.partition("://")[2]] = "…"
            run_app(recorder, app, types, variables, boot_limit)
    return rehearsal


def run_app(
    recorder: Recorder,
    app: Path,
    types: dict[str, str],
    variables: dict[str, str],
    boot_limit: float,
) -> None:
    """Release an app after the build; start, check and stop its web process.

    types: the command of each process type; variables: the config vars of each dyno.
    """
    if "release" in types:
        with recorder.step("Release") as log:
            release(log, Dyno("release", types["release"], app), variables)
    port = find_free_port()
    address = f"http://{HOST}:{port}"
    recorder.masks[address] = f"http://{HOST}:$PORT"
    with Dyno("web", types.get("web", ""), app) as web:
        with recorder.step("Start") as log:
            expect_web(log, types)
            start(log, web, variables | {"PORT": str(port)}, boot_limit)
        with recorder.step("Check") as log:
            one_off = variables | {"DYNO": "run.1"}  # for commands, as heroku run
            app_there = Deployed(app, address, one_off)
            check(log, recorder.rehearsal.section, app_there, web.copy_output, ADVICE)
        with recorder.step("Stop") as log:
            stop(log, web)

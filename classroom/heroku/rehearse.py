"""Rehearse a deployment in a notebook, as committed or broken on purpose."""

from dataclasses import replace

from classroom.heroku.breakages import find_breakage
from classroom.rehearsal.cell_listener import CellListener
from classroom.rehearsal.steps import Rehearsal
from classroom.sections import find_folder, find_section


def rehearse(
    number: str | int, *, app: str = "", broken: str = "", boot_limit: float = 60.0
) -> Rehearsal:
    """Deploy a section to this machine as Heroku would; print and return the steps.

    number: the section, such as "07", as it is committed.
    app: the path of a folder of your own, to deploy it instead, as it is now.
    broken: what to break first, in a copy, such as "no Procfile": see breakages.py.
    boot_limit: seconds until the web process must listen; Heroku waits for 60.

    If the deployment fails, the last step of the result has failed. Raises UserError if
    there is no such section or breakage, or a program is missing on this machine.
    """
    from classroom.heroku.pipeline import run_rehearsal  # slow to import

    section = find_section(number)
    return run_rehearsal(
        replace(section, folder=find_folder(app)) if app else section,
        CellListener(),
        as_it_is=bool(app),
        change=find_breakage(broken) if broken else None,
        boot_limit=boot_limit,
    )

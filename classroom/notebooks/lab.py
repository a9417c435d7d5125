"""Open the notebooks in JupyterLab."""

import os
from pathlib import Path

from jupyterlab.labapp import LabApp

from classroom.errors import UserError
from classroom.sections import ROOT, own_folder

# Its settings turn off news and updates: a classroom may have no internet.
SETTINGS = Path(__file__).with_name("jupyter")


def open_lab(lesson: str, *, no_browser: bool, present: bool) -> None:
    """Run JupyterLab until Ctrl-C.

    lesson: the file to open, in the learner's folder or that of the presentation.
    no_browser: print the URL instead of opening it in a browser.
    present: use large type.

    Raises UserError if JupyterLab cannot write its files.
    """
    folder = own_folder("notebooks")
    # Links lead out of the folder, to the sections.
    root = ROOT if folder.is_relative_to(ROOT) else folder.parent
    path = folder.relative_to(root).as_posix()
    options = [
        f"--ServerApp.root_dir={root}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.answer_yes=True",  # one Ctrl-C is enough
        f"--LabApp.default_url=/lab/tree/{path}/{lesson}",
        "--MappingKernelManager.transport_encryption=auto",
    ]
    os.environ["JUPYTER_CONFIG_PATH"] = str(SETTINGS)
    if present:
        options.append(f"--LabApp.app_settings_dir={SETTINGS / 'projector'}")
    if no_browser:
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # as in a container
    try:
        LabApp.launch_instance(options)
    except PermissionError as error:
        raise UserError(f"JupyterLab cannot write to {error.filename}.") from None

"""Open the notebooks in JupyterLab."""

import os
from pathlib import Path

from jupyterlab.labapp import LabApp

from classroom.errors import UserError
from classroom.sections import ROOT

# Its settings turn off news and updates: a classroom may have no internet.
SETTINGS = Path(__file__).with_name("jupyter")


def open_lab(no_browser: bool) -> None:
    """Run JupyterLab until Ctrl-C.

    no_browser: print the URL instead of opening it in a browser.

    Raises UserError if JupyterLab cannot write its files.
    """
    options = [
        f"--ServerApp.root_dir={ROOT}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.answer_yes=True",  # one Ctrl-C is enough
        "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
        "--MappingKernelManager.transport_encryption=auto",
    ]
    os.environ["JUPYTER_CONFIG_PATH"] = str(SETTINGS)
    if no_browser:
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # as in a container
    try:
        LabApp.launch_instance(options)
    except PermissionError as error:
        raise UserError(f"JupyterLab cannot write to {error.filename}.") from None

"""The messages of Heroku, exactly as it prints them."""

ERROR = " !     "
REJECTED = [ERROR, f"{ERROR}Push rejected, failed to compile Python app."]
NO_PACKAGE_MANAGER = [
    f"{ERROR}Error: Couldn't find any supported Python package manager files.",
    ERROR,
    f"{ERROR}A Python app on Heroku must have either a 'requirements.txt',",
    f"{ERROR}'Pipfile.lock', 'poetry.lock' or 'uv.lock' package manager file",
    f"{ERROR}in the root directory of its source code.",
    ERROR,
    f"{ERROR}Currently the root directory of your app contains:",
    ERROR,
]
SEVERAL_PACKAGE_MANAGERS = [
    f"{ERROR}Error: Multiple Python package manager files were found."
]
NOT_INSTALLED = [
    "",
    f"{ERROR}Error: Unable to install dependencies using pip.",
    ERROR,
    f"{ERROR}See the log output above for more information.",
    "",
]
RELEASE_DECLARED = (
    f"{ERROR}Release command declared: this new release will not be available "
    "until the command succeeds."
)
RELEASE_FAILED = "Waiting for release.... failed."
RELEASE_DONE = "Waiting for release.... done."
BOOT_TIMEOUT = (
    "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 "
    "seconds of launch"
)
EXIT_TIMEOUT = (
    "Error R12 (Exit timeout) -> Process failed to exit within 30 seconds of SIGTERM"
)


def no_python_version(error: str) -> str:
    """Return the message about a .python-version that cannot be read."""
    return f"{ERROR}Error: {error} in .python-version."


def started(command: str) -> str:
    """Return the message when the process of a dyno starts."""
    return f"Starting process with command `{command}`"


def changed(before: str, after: str) -> str:
    """Return the message when a dyno's state changes."""
    return f"State changed from {before} to {after}"


def exited(status: int) -> str:
    """Return the message when a process ends; signal 9 becomes the status 137."""
    return f"Process exited with status {status if status >= 0 else 128 - status}"


def not_served(code: str, meaning: str) -> str:
    """Return the router's log line about a request that no dyno could receive."""
    return (
        f'heroku[router]: at=error code={code} desc="{meaning}" method=GET '
        'path="/health" dyno= connect= service= status=503 bytes='
    )

"""Check a unit of systemd, without systemd running."""

import re
import shutil
import subprocess
from pathlib import Path

from classroom.errors import UserError


def show_unit_errors(file: str) -> None:
    """Print the lines of a unit that systemd would ignore.

    file: the path of the unit. Whether the programs that it names exist is not checked,
        since they are on the server. Without systemd on this machine, say so.

    Raises UserError if there is no such file.
    """
    unit = Path(file)
    if not unit.exists():
        raise UserError(f"There is no file {unit.name}.")
    if not shutil.which("systemd-analyze"):
        print("There is no systemd on this machine, so nothing was checked.")
        return
    errors = find_errors(unit)
    for number, line in errors.items():
        print(f"{unit.name}, line {number}: systemd ignores {line!r}.")
    if not errors:
        print(f"{unit.name} has no errors.")


def find_errors(unit: Path) -> dict[int, str]:
    """Return the lines that systemd cannot read, by their numbers."""
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit.resolve())],
        capture_output=True,
        encoding="utf-8",
    )
    # Other versions of systemd have other words for the same errors.
    numbers = re.findall(rf"{re.escape(unit.name)}:(\d+):", done.stderr)
    lines = unit.read_text("utf-8").splitlines()
    return {int(number): lines[int(number) - 1] for number in numbers}

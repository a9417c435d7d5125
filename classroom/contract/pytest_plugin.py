"""Options for pytest: which promises to check, and on which server.

This is a plugin, since pytest reads tests/conftest.py too late if a folder follows an
option: pytest --section 03 --app my/section03_basics
"""

import re
from functools import cache
from pathlib import Path

import pytest

from classroom.contract.marks import holds_in
from classroom.contract.target import read_admin
from classroom.errors import UserError
from classroom.sections import Section, find_app, staircase


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sections", "which promises to check, and on which server")
    group.addoption("--about", help="run the tests with this section's number only")
    group.addoption("--section", help="check the promises of this section only")
    group.addoption(
        "--once",
        action="store_true",
        help="run each test once: for the newest section, with the first of its cases",
    )
    group.addoption("--url", help="check this server; needs --section")
    group.addoption("--app", help="check the app.py in this folder; needs --section")
    group.addoption(
        "--admin", metavar="NAME:PASSWORD", help="an admin there; needs --url"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "since(number, until=..., classic=False): holds from this section on"
    )
    # learn.py check runs the tests without pytest-xdist, which would add this one.
    config.addinivalue_line("markers", "xdist_group(name): run by one process")
    if (config.option.url or config.option.app) and not config.option.section:
        raise pytest.UsageError("--url and --app need --section.")
    if config.option.admin and not config.option.url:
        raise pytest.UsageError("--admin needs --url.")
    try:
        wanted_sections(config.option.section)
        if config.option.admin:
            read_admin(config.option.admin)
    except UserError as error:
        raise pytest.UsageError(str(error)) from None


@cache  # it reads files, and is called for each test
def wanted_sections(number: str | None) -> list[Section]:
    """Return the section of the option --section, or every one on the staircase."""
    return [find_app(number)] if number else staircase()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a contract test once for each section that promises what it checks."""
    mark = metafunc.definition.get_closest_marker("since")
    if mark is None:
        return
    options = metafunc.config.option
    only_app = options.url or options.app or options.once
    cases = []
    for section in wanted_sections(options.section):
        if holds_in(section.number, mark) and not section.beside_staircase:
            cases.append(pytest.param(section.number, "app", id=section.number))
            # classic.py, the same API with Flask-RESTful, makes the same promises.
            has_classic = (section.folder / "classic.py").exists()
            if has_classic and not only_app and mark.kwargs.get("classic", True):
                name = f"{section.number}-classic"
                cases.append(pytest.param(section.number, "classic", id=name))
    if options.once:
        cases = cases[-1:]
    metafunc.parametrize(["section", "module"], cases, scope="session")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """With --section, --about or --once, keep only the tests that they allow."""
    chosen = [item for item in items if is_chosen(item, config)]
    if config.option.once:
        chosen = one_case_each(chosen)
    kept = set(chosen)
    left_out = [item for item in items if item not in kept]
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


def one_case_each(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return of each test the first case for the newest section that it is for."""
    number = re.compile(rf"\b({'|'.join(s.number for s in staircase())})\b")

    def newest_section(item: pytest.Item) -> str:
        return max(number.findall(item.name), default="")

    cases: dict[tuple[Path, str], pytest.Item] = {}
    for item in items:
        test = (item.path, item.name.partition("[")[0])
        if test not in cases or newest_section(item) > newest_section(cases[test]):
            cases[test] = item
    return list(cases.values())


def is_chosen(item: pytest.Item, config: pytest.Config) -> bool:
    """Return whether the options --section and --about allow a test.

    --section allows a promise of the section. --about allows any test with its number
    in the name, such as test_section06.py::test_x, test_06_1 and test_y[06].
    """
    callspec = getattr(item, "callspec", None)
    if config.option.section:
        [section] = wanted_sections(config.option.section)
        if section.beside_staircase:
            return is_promise(item, section)
        params = callspec.params if callspec else {}
        return params.get("section") == section.number
    if config.option.about:
        number = rf"(?<!\d){config.option.about}(?!\d)"
        return re.search(number, item.nodeid) is not None
    return True


def is_promise(item: pytest.Item, section: Section) -> bool:
    """Return whether a test is a promise of a section beside the staircase.

    These are its own tests that use the fixture server, as conftest.py defines it. A
    test file with another fixture of that name needs servers that are set up otherwise.
    """
    return (
        item.path.is_relative_to(section.contract)
        and "server" in getattr(item, "fixturenames", [])
        and not hasattr(getattr(item, "module", None), "server")
    )

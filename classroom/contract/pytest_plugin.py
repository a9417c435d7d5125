"""The options of pytest that say which promises to check, and where.

A plugin of its own, and not in tests/conftest.py, since pytest reads that too late
where an option is followed by a folder: pytest --section 03 --app my/section03_basics
"""

import pytest

from classroom.contract.marks import holds_in
from classroom.contract.target import read_admin
from classroom.errors import UserError
from classroom.sections import Section, all_sections, find_section


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sections", "which promises to check, and where")
    group.addoption("--section", help="check the promises of this section only")
    group.addoption("--url", help="ask this server; needs --section")
    group.addoption("--app", help="ask the app.py in this folder; needs --section")
    group.addoption(
        "--admin", metavar="NAME:PASSWORD", help="an admin there; needs --url"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "since(number, until=..., classic=False): holds from this section on"
    )
    if (config.option.url or config.option.app) and not config.option.section:
        raise pytest.UsageError("--url and --app need --section: whose promises?")
    if config.option.admin and not config.option.url:
        raise pytest.UsageError("--admin needs --url: an admin of which server?")
    try:
        wanted_sections(config)
        if config.option.admin:
            read_admin(config.option.admin)
    except UserError as problem:
        raise pytest.UsageError(str(problem)) from None


def wanted_sections(config: pytest.Config) -> list[Section]:
    """Return the section that was asked for, or all of them."""
    wanted = config.option.section
    return [find_section(wanted)] if wanted else all_sections()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a contract test once for each section that promises what it checks."""
    mark = metafunc.definition.get_closest_marker("since")
    if mark is None:
        return
    options = metafunc.config.option
    elsewhere = options.url or options.app
    cases = []
    for section in wanted_sections(metafunc.config):
        if holds_in(section.number, mark):
            cases.append(pytest.param(section.number, "app", id=section.number))
            # The same API, written another way, keeps the same promises.
            has_classic = (section.folder / "classic.py").exists()
            if has_classic and not elsewhere and mark.kwargs.get("classic", True):
                name = f"{section.number}-classic"
                cases.append(pytest.param(section.number, "classic", id=name))
    metafunc.parametrize(["section", "module"], cases, scope="session")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what a chosen section does not promise, and what is not a promise."""
    if not config.option.section:
        return
    numbers = {section.number for section in wanted_sections(config)}
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        callspec = getattr(item, "callspec", None)
        promised = callspec is not None and callspec.params.get("section") in numbers
        (chosen if promised else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen

"""Where the tests find what they test: a section, a folder, or an address."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classroom.promises import holds_in
from classroom.sections import all_sections, find_section
from classroom.serving import Api, Server


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sections", "which promises to check, and where")
    group.addoption("--section", help="check the promises of this section only")
    group.addoption("--url", help="ask this server; needs --section")
    group.addoption("--app", help="ask the app.py in this folder; needs --section")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "since(number, until=...): holds from this section on"
    )
    elsewhere = config.option.url or config.option.app
    if elsewhere and not config.option.section:
        raise pytest.UsageError("--url and --app need --section: whose promises?")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a contract test once for each section that promises what it checks."""
    mark = metafunc.definition.get_closest_marker("since")
    if mark is None:
        return
    wanted = metafunc.config.option.section
    sections = [find_section(wanted)] if wanted else all_sections()
    numbers = [s.number for s in sections if holds_in(s.number, mark)]
    metafunc.parametrize("section", numbers, scope="session")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what a chosen section does not promise, and what is not a promise."""
    if not config.option.section:
        return
    chosen, left_out = [], []
    for item in items:
        callspec = getattr(item, "callspec", None)
        is_promised = callspec and callspec.params.get("section") in numbers(config)
        (chosen if is_promised else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


def numbers(config: pytest.Config) -> list[str]:
    """Return the numbers of the sections to check."""
    wanted = config.option.section
    return [s.number for s in ([find_section(wanted)] if wanted else all_sections())]


@pytest.fixture(scope="session")
def address(section: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that runs the section, for as long as it is tested."""
    if request.config.option.url:
        yield request.config.option.url
        return
    app = request.config.option.app
    with Server(Path(app) if app else find_section(section).folder) as server:
        yield server.address


@pytest.fixture(scope="session")
def needs() -> Callable[[object, str], None]:
    """A function that skips a test where a program is missing, but never in CI.

    It takes what was found of the program, and how to get it.
    """

    def skip_without(found: object, advice: str) -> None:
        if not found:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(advice)

    return skip_without


@pytest.fixture
def api(address: str) -> Iterator[Api]:
    """A session of its own with the section's server, for one test."""
    with Api(address) as session:
        yield session

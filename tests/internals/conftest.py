"""Fixtures for tests that import the modules of a section, and remove them again."""

import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask

from classroom.sections import find_section, staircase
from classroom.server.launch import (
    DATABASE,
    SETTINGS,
    database_settings,
    has_migrations,
)

# The loggers that section 14 sets up.
LOGGERS = [
    *("app", "werkzeug", "flask-limiter", "gunicorn.error", "gunicorn.access"),
    "alembic.runtime.migration",
]
# The cheapest that Werkzeug's memory limit allows. By default, a hash takes a tenth of
# a second, which would be most of the time of most tests.
CHEAP_HASH = "scrypt:128:1:1"

databases: dict[object, bytes] = {}
imported: dict[Path, dict[str, ModuleType]] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes shop once for each section that has tokens.

    A module whose tests do not hold from some section on names it: UNTIL = "11".
    """
    if "shop" in metafunc.fixturenames:
        until = getattr(metafunc.module, "UNTIL", "99")
        folders = [s.folder for s in staircase() if s.number < until]
        shops = [(f, "app") for f in folders if (f / "tokens.py").exists()]
        shops += [(f, "classic") for f in folders if (f / "classic.py").exists()]
        ids = [f"{folder.name[7:9]}-{module}" for folder, module in shops]
        metafunc.parametrize("shop", shops, ids=ids)


@contextmanager
def importing(patch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Yield a function that imports a module of a section: load("05", "models").

    It takes the number of a section, or the folder of a copy. At the end, all these
    modules are removed, so that another section can have modules of the same names.

    An import takes longer than most tests. So sections that store all data in a
    database are imported once for all tests, unless environment variables change
    their settings: config.py reads some of them while it is imported.
    """
    for name in list(os.environ):
        if name.startswith(SETTINGS):
            patch.delenv(name)
    folders: dict[Path, bool] = {}  # and whether to import it only once

    def load_module(section: str | Path, name: str) -> ModuleType:
        is_copy = isinstance(section, Path)
        folder = section if is_copy else find_section(section).folder
        if folder not in folders:
            is_set = any(name.startswith(SETTINGS) for name in os.environ)
            folders[folder] = not (is_copy or is_set) and (folder / "db.py").exists()
            if folders[folder]:
                sys.modules.update(imported.get(folder, {}))
            patch.syspath_prepend(folder)
        return importlib.import_module(name)

    try:
        yield load_module
    finally:
        for folder, once in folders.items():
            modules = modules_of(folder)
            if once:
                imported.setdefault(folder, {}).update(modules)
            for name in modules:
                del sys.modules[name]


def modules_of(folder: Path) -> dict[str, ModuleType]:
    """Return the imported modules of a folder, by name."""
    inside = f"{folder}{os.sep}"  # to compare thousands of Paths would take long
    return {
        name: module
        for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(inside)
    }


@contextmanager
def making_apps(
    load: Callable[..., ModuleType], folder: Path
) -> Iterator[Callable[..., Flask]]:
    """Yield a function that makes the app of a section, with its database in a folder.

    It takes the section, the module, whether to make the tables, and settings.
    """
    made: list[Flask] = []

    def make(
        section: str, module: str = "app", tables: bool = True, **settings: object
    ) -> Flask:
        create_app = load(section, module).create_app
        usual = database_settings(folder) | {"PASSWORD_HASH": CHEAP_HASH}
        app = create_app(usual | settings)
        made.append(app)
        if tables and has_migrations(find_section(section).folder):
            if "SQLALCHEMY_DATABASE_URI" in settings:
                init_db(app)
            else:
                copy_database(app, section, folder / DATABASE)
        return app

    try:
        yield make
    finally:
        for app in made:
            if "sqlalchemy" in app.extensions:  # which leaves its connections open
                with app.app_context():
                    app.extensions["sqlalchemy"].engine.dispose()
        for name in LOGGERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.filters.clear()
            logger.propagate = True
            logger.setLevel(logging.NOTSET)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """A function that imports a module of a section, until the test ends."""
    with importing(monkeypatch) as load:
        yield load


@pytest.fixture
def make_app(
    load: Callable[..., ModuleType], tmp_path: Path
) -> Iterator[Callable[..., Flask]]:
    """A function that makes the app of a section, on a new database."""
    with making_apps(load, tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def make_shared_app(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Flask]]:
    """The same as make_app, for an app that the tests of a module share."""
    folder = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        with importing(patch) as load, making_apps(load, folder) as make:
            yield make


@pytest.fixture(scope="module")
def postgresql(new_database: Callable[[], str]) -> str:
    """The URL of a PostgreSQL database that the tests of a module share.

    To empty its tables takes a tenth of the time of creating a database.
    """
    return new_database().replace("postgres://", "postgresql+psycopg://", 1)


def init_db(app: Flask) -> None:
    """Make the database of an app, by its own command."""
    result = app.test_cli_runner().invoke(args=["init-db"])
    assert result.exit_code == 0, result.output


def copy_database(app: Flask, section: str, file: Path) -> None:
    """Make the database of an app as init_db does, but once for all apps of a section.

    To run all migrations for each test takes longer than most tests.
    """
    names = "DEMO_USERNAME", "DEMO_PASSWORD", "PASSWORD_HASH"
    made = section, *(app.config[name] for name in names)
    if made in databases and not file.exists():
        file.write_bytes(databases[made])
        return
    is_new = not file.exists()
    init_db(app)
    if is_new:
        with app.app_context():  # closing the connections writes all data to the file
            app.extensions["sqlalchemy"].engine.dispose()
        databases[made] = file.read_bytes()


@pytest.fixture
def app(shop: tuple[Path, str], make_app: Callable[..., Flask]) -> Flask:
    """The app of each section that has tokens, one after the other."""
    folder, module = shop
    return make_app(folder.name[7:9], module)

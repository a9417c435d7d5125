"""How tests look inside a section: its modules, imported and forgotten again."""

import importlib
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
import werkzeug.security
from flask import Flask
from playwright.sync_api import Browser, Error, expect, sync_playwright

from classroom.sections import all_sections, find_section
from classroom.server.launch import DATABASE, database_settings, has_migrations

# Chromium asks nothing of the internet with these.
OFFLINE = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
]
# Since section 07, an app says where these write, and what.
LOGGERS = [
    *("app", "werkzeug", "gunicorn.error", "gunicorn.access"),
    "alembic.runtime.migration",
]

# What stands for a setting from outside.
OUTSIDE = ("FLASK_", "DYNO", "DATABASE_URL")

made_databases: dict[object, bytes] = {}
imported: dict[object, dict[str, ModuleType]] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes shop once for each section that has tokens.

    A module of tests that do not hold from some section on says so: UNTIL = "11".
    """
    if "shop" in metafunc.fixturenames:
        until = getattr(metafunc.module, "UNTIL", "99")
        folders = [s.folder for s in all_sections() if s.number < until]
        shops = [(f, "app") for f in folders if (f / "tokens.py").exists()]
        shops += [(f, "classic") for f in folders if (f / "classic.py").exists()]
        ids = [f"{folder.name[7:9]}-{module}" for folder, module in shops]
        metafunc.parametrize("shop", shops, ids=ids)


@contextmanager
def importing(
    patch: pytest.MonkeyPatch, hash_method: str
) -> Iterator[Callable[..., ModuleType]]:
    """Give a function that imports a module of a section: load("05", "models").

    It takes the number of a section, or the folder of a copy. At the end, all modules
    are put away, so that another section may have some of the same names.

    To import them takes longer than most tests. So what keeps all it knows in a
    database is imported once for all tests, unless there are settings from outside:
    config.py reads some of these while it is imported.
    """
    for name in list(os.environ):
        if name.startswith(OUTSIDE):
            patch.delenv(name)
    folders: dict[Path, bool] = {}  # and whether to import it only once

    def load_module(section: str | Path, name: str) -> ModuleType:
        is_copy = isinstance(section, Path)
        folder = section if is_copy else find_section(section).folder
        if folder not in folders:
            is_set = any(name.startswith(OUTSIDE) for name in os.environ)
            folders[folder] = not (is_copy or is_set) and (folder / "db.py").exists()
            if folders[folder]:
                sys.modules.update(imported.get((folder, hash_method), {}))
            patch.syspath_prepend(folder)
        return importlib.import_module(name)

    try:
        yield load_module
    finally:
        for folder, once in folders.items():
            modules = modules_of(folder)
            if once:
                imported.setdefault((folder, hash_method), {}).update(modules)
            for name in modules:
                del sys.modules[name]


def modules_of(folder: Path) -> dict[str, ModuleType]:
    """Return what is imported of a folder, by name."""
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
    """Give a function that makes the app of a section, with its database in a folder.

    It takes the section, the module, whether to make the tables, and settings.
    """
    made: list[Flask] = []

    def make(
        section: str, module: str = "app", tables: bool = True, **settings: object
    ) -> Flask:
        create_app = load(section, module).create_app
        app = create_app(database_settings(folder) | settings)
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
            if "sqlalchemy" in app.extensions:  # which keeps its connections open
                with app.app_context():
                    app.extensions["sqlalchemy"].engine.dispose()
        for name in LOGGERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.filters.clear()
            logger.propagate = True
            logger.setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def hash_method() -> str:
    """How passwords are hashed: quickly, since most tests make an app and test none."""
    return "scrypt:1024:8:1"


@pytest.fixture(scope="module", autouse=True)
def hash_passwords(hash_method: str) -> Iterator[None]:
    """Have passwords hashed so, in all tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        if hash_method:
            usual = werkzeug.security.generate_password_hash
            quick = partial(usual, method=hash_method)
            patch.setattr(werkzeug.security, "generate_password_hash", quick)
        yield


@pytest.fixture
def load(
    monkeypatch: pytest.MonkeyPatch, hash_method: str
) -> Iterator[Callable[..., ModuleType]]:
    """A function that imports a module of a section, until the test ends."""
    with importing(monkeypatch, hash_method) as load:
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
    tmp_path_factory: pytest.TempPathFactory, hash_method: str
) -> Iterator[Callable[..., Flask]]:
    """The same as make_app, for an app that the tests of a module share."""
    folder = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        with importing(patch, hash_method) as load, making_apps(load, folder) as make:
            yield make


def init_db(app: Flask) -> None:
    """Make the database of an app, by its own command."""
    result = app.test_cli_runner().invoke(args=["init-db"])
    assert result.exit_code == 0, result.output


def copy_database(app: Flask, section: str, file: Path) -> None:
    """Make the database of an app as init_db does, but once for all apps of a section.

    To run all migrations for each test anew takes longer than most tests.
    """
    user = app.config["DEMO_USERNAME"], app.config["DEMO_PASSWORD"]
    made = section, user, str(werkzeug.security.generate_password_hash)
    if made in made_databases and not file.exists():
        file.write_bytes(made_databases[made])
        return
    is_new = not file.exists()
    init_db(app)
    if is_new:
        with app.app_context():  # once its connections are closed, all is in the file
            app.extensions["sqlalchemy"].engine.dispose()
        made_databases[made] = file.read_bytes()


@pytest.fixture
def app(shop: tuple[Path, str], make_app: Callable[..., Flask]) -> Flask:
    """The app of each section that has tokens, one after the other."""
    folder, module = shop
    return make_app(folder.name[7:9], module)


@pytest.fixture(scope="module")
def browser(needs: Callable[[object, str], None]) -> Iterator[Browser]:
    """A browser of this machine: Chromium, or else Chrome."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        where = {"executable_path": chromium} if chromium else {"channel": "chrome"}
        try:
            browser = playwright.chromium.launch(args=OFFLINE, **where)
        except Error:
            browser = None
        needs(browser, "no browser: install Chromium or Chrome to test the page")
        expect.set_options(timeout=30_000)  # milliseconds, for slow machines
        yield browser
        browser.close()

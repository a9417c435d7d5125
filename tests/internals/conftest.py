"""How tests look inside a section: its modules, imported and forgotten again."""

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
import werkzeug.security
from flask import Flask
from playwright.sync_api import Browser, Error, sync_playwright

from classroom.launch import database_settings
from classroom.sections import all_sections, find_section

# Chromium asks nothing of the internet with these.
OFFLINE = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes shop once for each section that has tokens."""
    if "shop" in metafunc.fixturenames:
        folders = [section.folder for section in all_sections()]
        shops = [(f, "app") for f in folders if (f / "tokens.py").exists()]
        shops += [(f, "classic") for f in folders if (f / "classic.py").exists()]
        ids = [f"{folder.name[7:9]}-{module}" for folder, module in shops]
        metafunc.parametrize("shop", shops, ids=ids)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have passwords hashed quickly: most tests make an app, but test no password."""
    quick = partial(werkzeug.security.generate_password_hash, method="scrypt:1024:8:1")
    monkeypatch.setattr(werkzeug.security, "generate_password_hash", quick)


@pytest.fixture
def load(
    monkeypatch: pytest.MonkeyPatch, quick_hashes: None
) -> Iterator[Callable[..., ModuleType]]:
    """A function that imports a module of a section: load("05", "models").

    After the test, all modules of the section are forgotten, with what they hold.
    """
    for name in list(os.environ):
        if name.startswith("FLASK_"):
            monkeypatch.delenv(name)
    folders: set[Path] = set()

    def load_module(section: str, name: str) -> ModuleType:
        folder = find_section(section).folder
        if folder not in folders:
            folders.add(folder)
            monkeypatch.syspath_prepend(folder)
        return importlib.import_module(name)

    yield load_module
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and folders.intersection(Path(file).parents):
            del sys.modules[name]


@pytest.fixture
def make_app(
    load: Callable[..., ModuleType], tmp_path: Path
) -> Iterator[Callable[..., Flask]]:
    """A function that makes the app of a section, on a new database.

    It takes the section, the module, and settings.
    """
    made: list[Flask] = []

    def make(section: str, module: str = "app", **settings: object) -> Flask:
        create_app = load(section, module).create_app
        made.append(create_app(database_settings(tmp_path) | settings))
        return made[-1]

    yield make
    for app in made:
        if "sqlalchemy" in app.extensions:  # which keeps its connections open
            with app.app_context():
                app.extensions["sqlalchemy"].engine.dispose()


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
        yield browser
        browser.close()

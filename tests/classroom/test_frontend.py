"""Building a front end: npm is found, and what it makes is kept."""

import stat

import pytest

from classroom.errors import UserError
from classroom.server import frontend
from classroom.server.user_cache import keep_once


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "flask-rest-apis"


def install_node(folder, version, monkeypatch):
    """Put a node of some version, and an npm, on the PATH, and nothing else."""
    for name in ("node", "npm"):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("version", ["v20.19.0", "v24.1.3"])
def test_npm_is_found(tmp_path, monkeypatch, version):
    install_node(tmp_path, version, monkeypatch)

    assert frontend.find_npm() == str(tmp_path / "npm")


def test_old_or_missing_node_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"needs Node.js 20.19 or newer"):
        frontend.find_npm()

    install_node(tmp_path, "v18.20.4", monkeypatch)
    with pytest.raises(UserError, match=r"20.19 or newer.*This is v18.20.4"):
        frontend.find_npm()


def test_what_is_made_is_kept(cache):
    made = []

    def make(folder):
        made.append(folder)
        (folder / "file").write_text("content")

    folders = [keep_once("name", make) for _ in range(2)]

    assert folders == [cache / "name"] * 2
    assert len(made) == 1
    assert (cache / "name" / "file").read_text() == "content"


def test_what_fails_is_not_kept(cache):
    def fail(folder):
        (folder / "half").touch()
        raise UserError("npm ci has failed")

    with pytest.raises(UserError):
        keep_once("name", fail)

    assert list(cache.iterdir()) == []


def test_build_depends_on_names_and_contents(tmp_path):
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    files = [{"x": tmp_path / a, "y": tmp_path / b} for a in "ab" for b in "ab"]

    assert len({frontend.digest(each) for each in files}) == 4
    assert frontend.digest({"x": tmp_path / "a"}) != frontend.digest(
        {"y": tmp_path / "a"}
    )


def test_copy_has_the_sources_and_no_leftovers(tmp_path, monkeypatch):
    sources, packages = tmp_path / "sources", tmp_path / "packages"
    for name in ("src/main.ts", "dist/browser/index.html", "node_modules/x/y.js"):
        (sources / name).parent.mkdir(parents=True)
        (sources / name).touch()
    monkeypatch.setattr(frontend, "install_packages", lambda sources: packages)

    copy = frontend.copy_frontend(sources, tmp_path / "copy")

    assert sorted(path.name for path in copy.iterdir()) == ["node_modules", "src"]
    assert (copy / "node_modules").readlink() == packages

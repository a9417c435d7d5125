"""A temporary MongoDB server: a mongod, or an engine that npm installs."""

import os
import platform

import pymongo
import pytest

from classroom.errors import ServerStartError, UserError
from classroom.server.mongodb import MongoDB
from classroom.server.mongodb_programs import find_mongodb, modules
from classroom.server.user_cache import cache

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows, it needs WSL")


@pytest.fixture
def put_program(tmp_path, monkeypatch):
    """A function that makes a shell script the only program of that name."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "sleep").symlink_to("/bin/sleep")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def put(name, script="exit 0"):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
        return str(folder / name)

    return put


@pytest.fixture
def new_libc(monkeypatch):
    """A system with a C library that is new enough for the engine."""
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.38"))


def test_data_is_kept_by_a_restart(mongodb):
    url = mongodb.url
    with pymongo.MongoClient(f"{url}/test", timeoutMS=10_000) as client:
        client.test.things.insert_one({"_id": "kept"})
        mongodb.restart()

        assert mongodb.url == url
        assert client.test.things.find_one() == {"_id": "kept"}


def test_stop_deletes_the_data(put_program):
    put_program("mongod", "echo Waiting for connections; exec sleep 600")

    with MongoDB() as server:
        folder = server.temporary_folder
        assert (folder / "data").exists()

    assert not folder.exists()
    assert server.url == ""


def test_mongod_of_the_system_is_preferred(put_program):
    mongod = put_program("mongod", 'echo "$@, Waiting for connections"; exec sleep 600')
    put_program("node")
    put_program("npm")

    assert find_mongodb() == [mongod]
    with MongoDB() as server:
        data = server.temporary_folder / "data"
        port = server.url.rpartition(":")[2]
        options = f"--bind_ip 127.0.0.1 --port {port} --dbpath {data}"
        assert server.output().startswith(options)


def test_server_that_ends_is_a_server_start_error(put_program):
    put_program("mongod", "echo it cannot start; exit 1")

    with pytest.raises(ServerStartError, match="MongoDB does not start: it cannot"):
        MongoDB().start()


def test_without_any_program_there_is_advice(put_program):
    with pytest.raises(UserError, match="There is no MongoDB server here. Install"):
        find_mongodb()


def test_engine_is_installed_once(put_program, new_libc, tmp_path):
    node = put_program("node")
    count = tmp_path / "count"
    put_program("npm", f'echo x >> {count}; /bin/mkdir "$3/node_modules"')

    assert find_mongodb() == find_mongodb() == [node]
    assert modules().is_dir()
    assert count.read_text() == "x\n"
    assert list(modules().parent.parent.iterdir()) == [modules().parent]


def test_engine_that_cannot_be_installed_is_a_user_error(put_program, new_libc):
    put_program("node")
    put_program("npm", "echo npm error network; exit 1")

    with pytest.raises(UserError, match="npm cannot install .*: npm error network"):
        find_mongodb()
    assert not modules().exists()


def test_old_c_library_is_a_user_error(put_program, monkeypatch):
    put_program("node")
    put_program("npm")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.9"))

    with pytest.raises(UserError, match="too old for the MongoDB engine: 2.9, not"):
        find_mongodb()


def test_newer_c_library_is_used_where_it_is_unpacked(put_program, monkeypatch):
    node = put_program("node")
    put_program("npm", '/bin/mkdir "$3/node_modules"')
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    folder = cache() / "libc" / "usr" / "lib" / "some-linux-gnu"
    folder.mkdir(parents=True)
    (folder / "ld-linux-some.so.2").touch()

    system = "/lib/some-linux-gnu:/usr/lib/some-linux-gnu"
    options = ["--library-path", f"{folder}:{system}"]
    assert find_mongodb() == [str(folder / "ld-linux-some.so.2"), *options, node]

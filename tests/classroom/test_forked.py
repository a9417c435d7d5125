"""Forked servers: they behave as other servers do, and start in less time."""

import os
import subprocess
import sys
import time
from subprocess import TimeoutExpired

import psutil
import pytest
import requests

from classroom.errors import ServerStartError
from classroom.sections import find_section
from classroom.server import Server, forked
from classroom.server.forked import ForkedProcess, run_forked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    """Import the packages now, if the process of the tests has not done so before."""
    forked.preload()


@pytest.mark.parametrize("number", ["03", "07"])
def test_forked_server_responds_restarts_and_ends(number):
    path = "/store" if number == "03" else "/ready"
    with Server(find_section(number).folder) as server:
        assert isinstance(server.process, ForkedProcess)
        pid = server.process.pid
        assert server.api().get(path).status_code == 200

        server.restart()

        assert server.process.pid != pid
        assert server.api().get(path).status_code == 200
        assert server.output().count("Running on") == 1
        address = server.address
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=10)


def test_forked_server_takes_its_settings_from_the_environment():
    with Server(find_section("07").folder, settings={"DEMO_USERNAME": "eva"}) as server:
        login = {"username": "eva", "password": "open-sesame"}
        assert server.api().post("/login", json=login).status_code == 200


def test_database_of_a_forked_command_is_copied_whole():
    for _ in range(2):  # the second server gets a copy of the first one's database
        with Server(find_section("07").folder) as server:
            assert server.api().get("/items").status_code == 200


def test_forked_server_that_does_not_start_says_why(tmp_path):
    (tmp_path / "app.py").write_text("import nonsense\n", encoding="utf-8")

    with pytest.raises(ServerStartError, match="No module named 'nonsense'") as error:
        Server(tmp_path).start()

    assert error.value.place == "app.py, line 1"


def test_forked_command_returns_its_status_and_output(tmp_path):
    _, output = run_forked(["this"], tmp_path, os.environ, timeout=60)
    status, _ = run_forked(["nonsense"], tmp_path, os.environ, timeout=60)

    assert output.startswith("The Zen of Python")
    assert status == 1


def test_forked_command_has_a_limited_time(tmp_path):
    (tmp_path / "app.py").write_text("import time; time.sleep(60)\n", encoding="utf-8")

    with pytest.raises(TimeoutExpired):
        run_forked(["flask", "routes"], tmp_path, os.environ, timeout=0.5)


def test_forked_process_can_be_killed_with_its_children(tmp_path):
    (tmp_path / "app.py").write_text(
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "time.sleep(60)\n",
        encoding="utf-8",
    )
    command = ["flask", "run"]
    process = ForkedProcess(command, tmp_path, os.environ, tmp_path / "output")
    deadline = time.monotonic() + 30
    while not process.children():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    [child] = process.children()

    process.kill()

    assert not process.is_running
    while psutil.pid_exists(child.pid) and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)


PRELOAD = """
import os, sys
from classroom.server import forked
forked.PACKAGES.clear()  # importing them takes a while
forked.preload()
print(os.environ[forked.VARIABLE], flush=True)
sys.stdin.read()
"""


def start_another(environment):
    """Start a process that calls preload(); return it, and the socket it then has."""
    process = subprocess.Popen(
        [sys.executable, "-c", PRELOAD],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    return process, process.stdout.readline().strip()


def test_other_processes_use_the_same_fork_server():
    process, found = start_another(os.environ)

    process.communicate()

    assert found == os.environ[forked.VARIABLE]
    assert forked.shared_folder().exists()


def test_fork_server_ends_with_a_process_that_is_killed(monkeypatch):
    monkeypatch.delenv(forked.VARIABLE)
    process, found = start_another(os.environ)
    monkeypatch.setenv(forked.VARIABLE, found)
    folder = forked.shared_folder()
    children = psutil.Process(process.pid).children()

    process.kill()
    process.communicate()

    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    assert not folder.exists()


def test_only_this_python_is_forked():
    assert forked.is_preloaded(sys.executable)
    assert not forked.is_preloaded("/usr/bin/python3")

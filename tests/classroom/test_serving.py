"""Servers start, or report why they cannot, and always end."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from classroom import serve
from classroom.display.jwt import Token
from classroom.errors import ServerStartError, UserError
from classroom.sections import find_section, new_folder
from classroom.server import Server, launch, notebook_servers, section_server
from classroom.server.client import Api
from classroom.server.launch import is_free, make_environment, run_flask
from classroom.server.notebook_servers import restart, running_server

FOLDER = find_section("03").folder
LIMIT = 60  # seconds


def responds(address):
    """Return whether a server responds at a URL."""
    try:
        return requests.get(address, timeout=LIMIT).ok
    except requests.RequestException:
        return False


def wait_until_gone(address):
    """Wait until a server has ended, within a limit."""
    deadline = time.monotonic() + LIMIT
    while responds(address):
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.05)


def write_app(folder, code):
    (folder / "app.py").write_text(code, encoding="utf-8")
    return folder


@pytest.fixture
def stop_all():
    """Stop what serve() started in a test."""
    yield
    notebook_servers.stop_all()


def test_server_needs_less_than_a_second_of_cpu_time_to_start():
    """The time by the clock would depend on other processes."""
    with Server(FOLDER) as server:
        assert responds(server.address)
        times = psutil.Process(server.process.pid).cpu_times()

    assert times.user + times.system < 1


def test_server_is_gone_after_the_block_even_after_an_error():
    with pytest.raises(ZeroDivisionError), Server(FOLDER) as server:
        address = server.address
        raise ZeroDivisionError

    assert not responds(address)


def test_serve_again_starts_with_nothing_stored(stop_all):
    first = serve("03")
    first.post("/store", json={"name": "Corner Shop"})

    second = serve("03")

    assert second.get("/store/Corner Shop").status_code == 404
    assert not responds(first.base_url)


def test_serve_takes_settings(stop_all):
    login = {"username": "bob", "password": "12345678"}

    api = serve("04", DEMO_USERNAME="bob", DEMO_PASSWORD="12345678")

    assert api.post("/login", json=login).status_code == 200


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "REDIS_URL", "DYNO", "FLASK_DEMO_USERNAME"]
)
def test_server_ignores_settings_of_the_environment(monkeypatch, name):
    monkeypatch.setenv(name, "real")

    environment = make_environment({"DEMO_PASSWORD": "12345678"})

    assert name not in environment
    assert environment["FLASK_DEMO_PASSWORD"] == "12345678"


def test_serve_takes_workers(stop_all, needs):
    needs(os.name != "nt", "gunicorn does not run on Windows")

    api = serve("04", workers=4)

    processes = notebook_servers.running_server("04").worker.parent().children()
    assert len(processes) == 4
    assert api.get("/items").headers["Server"] == "gunicorn"


def test_restart_keeps_what_is_stored_and_serve_does_not(stop_all):
    maria = {"username": "maria", "password": "correct horse"}
    first = serve("05")
    first.post("/register", json=maria)

    second = restart("05")

    assert second.post("/login", json=maria).status_code == 200
    assert serve("05").post("/login", json=maria).status_code == 401
    assert not responds(first.base_url)


def test_restart_can_change_settings(stop_all):
    login = {"username": "ana", "password": "open-sesame"}
    serve("05", JWT_ACCESS_TOKEN_EXPIRES=60, JWT_DECODE_LEEWAY=0)

    api = restart("05", JWT_ACCESS_TOKEN_EXPIRES=120)

    token = api.post("/login", json=login).json()["access_token"]
    assert "iat + 2 minutes" in repr(Token(token))
    assert running_server("05").settings["JWT_DECODE_LEEWAY"] == 0


APP = """\
from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return {"message": "MESSAGE"}
"""


@pytest.fixture
def own_app(tmp_path, monkeypatch, stop_all):
    """A function that writes the app.py of a student's own app; its folder."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    folder = new_folder("first")
    return lambda message: write(folder, message)


def write(folder, message):
    """Write an app.py that responds with a message, and return its folder."""
    Path(folder, "app.py").write_text(APP.replace("MESSAGE", message), "utf-8")
    return folder


def test_new_folder_keeps_files(tmp_path, own_app, capsys):
    own_app("Hi")

    assert new_folder("first") == os.path.join(".", "first")
    assert (tmp_path / "first" / "app.py").exists()
    assert "its files stay" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["", "..", "a/b", "/tmp"])
def test_new_folder_takes_names_only(own_app, name):
    with pytest.raises(UserError, match="is not the name of a folder"):
        new_folder(name)


def test_own_app_is_served_as_it_is_now(own_app):
    folder = own_app("Hi")
    api = serve(folder)
    assert api.get("/").json() == {"message": "Hi"}

    own_app("Hello")

    assert api.get("/").json() == {"message": "Hello"}


def test_own_app_is_not_mixed_up_with_an_older_version(own_app):
    """Python compares the time of a file, in seconds, and its size."""
    api = serve(own_app("0"))
    messages = []
    for number in range(5):
        folder = own_app(str(number))
        os.utime(Path(folder, "app.py"), (1e9, 1e9))
        messages.append(api.get("/").json()["message"])

    assert messages == ["0", "1", "2", "3", "4"]


def test_link_to_an_own_app_still_works_after_a_restart(own_app):
    api = serve(own_app("Hi"))
    link = api.base_url

    for message in ('Hi"', "Hello"):  # with the first one, it does not start
        own_app(message)
        with suppress(ServerStartError):
            api.get("/")

    assert requests.get(link, timeout=LIMIT).json() == {"message": "Hello"}


def test_own_app_that_no_longer_starts_says_so_until_it_is_mended(own_app):
    folder = own_app("Hi")
    api = serve(folder)

    own_app('Hi"')
    for _ in range(2):
        with pytest.raises(ServerStartError, match="line 8"):
            api.get("/")
    own_app("Hello")

    assert api.get("/").json() == {"message": "Hello"}


def test_own_app_without_a_file_is_one_sentence(own_app, tmp_path):
    with pytest.raises(UserError, match=r"There is no app.py in .*first"):
        serve(os.path.join(".", "first"))
    with pytest.raises(UserError, match="There is no folder './second'"):
        serve("./second")


def test_restart_of_a_section_that_is_not_running_is_a_user_error(stop_all):
    with pytest.raises(UserError, match="Section 05 is not running"):
        restart("05")


@pytest.mark.parametrize("wanted", ["03", "3", 3, "section03", "section03_basics/"])
def test_serve_takes_a_section_by_any_of_its_names(stop_all, wanted):
    assert serve(wanted).get("/store").status_code == 200


@pytest.mark.parametrize("wanted", ["99", "", "basics", "03 04", None])
def test_serve_of_an_unknown_section_is_a_user_error(wanted):
    with pytest.raises(UserError, match="The sections are: 03"):
        serve(wanted)


def test_user_error_is_shown_without_a_traceback():
    assert UserError("Do this.\nThen that.")._render_traceback_() == [
        "Do this.",
        "Then that.",
    ]


START_AND_PRINT = """
import time
from classroom.server.notebook_servers import start_server
print(start_server("03").base_url, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_server_ends_and_leaves_nothing_when_its_parent_is_killed(
    how, tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_PRINT], stdout=subprocess.PIPE, text=True
    ) as parent:
        address = parent.stdout.readline().strip()
        assert responds(address)
        assert list(tmp_path.iterdir())

        getattr(parent, how)()

    wait_until_gone(address)
    deadline = time.monotonic() + LIMIT
    while list(tmp_path.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to signal")
def test_interrupting_a_notebook_leaves_its_server_running():
    """Jupyter interrupts a kernel with all the processes of its group."""
    code = START_AND_PRINT.replace("time.sleep(600)", "input()")
    with subprocess.Popen(
        [sys.executable, "-c", "import signal\nsignal.signal(2, lambda *_: 0)" + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as kernel:
        address = kernel.stdout.readline().strip()

        os.killpg(kernel.pid, signal.SIGINT)

        assert responds(address)
        kernel.communicate("\n")
    assert not responds(address)


@pytest.mark.parametrize(
    ("code", "what", "place"),
    [
        ("def f(:\n", "SyntaxError: invalid syntax", "app.py, line 1"),
        ("x = 1\n\ny = z\n", "NameError: name 'z' is not defined", "app.py, line 3"),
        ("import nothing\n", "No module named 'nothing'", "app.py, line 1"),
        ("1 / 0\n", "ZeroDivisionError: division by zero", "app.py, line 1"),
        ("raise SystemExit('enough')\n", "enough", ""),
        ("x = 1\n", "Failed to find Flask application", ""),
    ],
    ids=lambda value: value.split("\n")[0],
)
def test_error_of_code_that_does_not_start_names_its_place(tmp_path, code, what, place):
    with pytest.raises(ServerStartError) as error:
        Server(write_app(tmp_path, code)).start()

    assert what in error.value.what
    assert error.value.place == place
    assert "The last lines of its output" in str(error.value)


def test_error_in_a_module_names_that_module(tmp_path):
    (tmp_path / "models.py").write_text("\n\nx = y\n")

    with pytest.raises(ServerStartError) as error:
        Server(write_app(tmp_path, "import models\n")).start()

    assert error.value.place == "models.py, line 3"


def test_code_that_never_serves_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(Server, "TIMEOUT", 0.5)

    with pytest.raises(ServerStartError, match="did not print its URL in time"):
        Server(write_app(tmp_path, "import time\ntime.sleep(600)\n")).start()


def test_command_that_never_ends_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "TIMEOUT", 0.5)

    with pytest.raises(ServerStartError, match="cannot run flask routes: it did not"):
        run_flask(write_app(tmp_path, "import time\ntime.sleep(600)\n"), {}, "routes")


def test_environment_of_the_reader_does_not_change_a_server(monkeypatch, tmp_path):
    for name, value in {
        "FLASK_DEBUG": "1",
        "FLASK_APP": "nonsense",
        "FLASK_RUN_PORT": "1",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)

    with Server(FOLDER) as server, server.api() as api:
        assert api.get("/store").status_code == 200


def test_api_takes_paths_and_urls():
    api = Api("http://127.0.0.1:5000/prefix/")

    assert api.create_url("/store") == "http://127.0.0.1:5000/prefix/store"
    assert api.create_url("https://example.org/x") == "https://example.org/x"
    path = "/login?next=https://example.org"
    assert api.create_url(path) == f"http://127.0.0.1:5000/prefix{path}"


@pytest.mark.parametrize("workers", [0, 1])
def test_port_that_is_taken_during_a_restart_is_replaced(monkeypatch, needs, workers):
    needs(os.name != "nt" or not workers, "gunicorn does not run on Windows")
    monkeypatch.setattr(section_server, "is_free", lambda port: True)
    with Server(find_section("04").folder, workers=workers) as server:
        port = server.port
        server.halt()
        deadline = time.monotonic() + 30
        while not is_free(port):  # a killed worker may listen for a moment longer
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", port))
            other.listen()

            server.start()

        assert server.port != port
        assert server.api().get("/items").status_code == 200


def test_port_that_is_taken_is_not_free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        assert not is_free(taken.getsockname()[1])
    assert is_free(0)

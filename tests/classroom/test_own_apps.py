"""What helps to write an app: its tests, its errors, and links to its pages."""

import pytest

from classroom import serve
from classroom.display.link import Link, show_link
from classroom.display.masks import STABLE_OUTPUTS
from classroom.display.serving import ServerLink, name_server
from classroom.errors import UserError
from classroom.exercises import own_tests
from classroom.exercises.own_errors import show_errors
from classroom.exercises.own_tests import run_tests, show_tests
from classroom.server import notebook_servers
from classroom.server.client import Api

APP = """\
from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return "Hello!"


@app.get("/nothing")
def nothing():
    pass
"""
TESTS = """\
from app import app

client = app.test_client()


def test_hello():
    assert client.get("/").text == "Hello!"


def test_nothing():
    reply = client.get("/nothing")

    assert reply.status_code == 404
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with an app of one's own, and with tests, one of which fails."""
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "app.py").write_text(APP, "utf-8")
    (folder / "test_app.py").write_text(TESTS, "utf-8")
    yield folder
    notebook_servers.stop_all()


def test_tests_are_listed_with_what_fails(folder):
    passed, failed = tests = run_tests(folder)

    assert passed.done
    assert passed.text == "test_hello"
    assert not failed.done
    assert failed.text.splitlines()[:3] == [
        "test_nothing",
        ">       assert reply.status_code == 404",
        "E       assert 500 == 404",
    ]
    assert failed.text.splitlines()[-1] == "test_app.py:13: AssertionError"
    assert tests.verdict == "1 passed, 1 failed."


def test_tests_are_shown_without_what_varies(folder, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a notebook

    show_tests(str(folder))
    first = capsys.readouterr().out
    show_tests(str(folder))

    assert capsys.readouterr().out == first
    assert first.startswith("✓ test_hello\n✗ test_nothing\n    >       assert ")
    assert "x1B" not in first


def test_what_pytest_says_is_escaped_in_html(folder):
    html = run_tests(folder)._repr_html_()

    assert "&lt;WrapperTestResponse" in html
    assert "<WrapperTestResponse" not in html


def test_tests_leave_only_bytecode_behind(folder):
    run_tests(folder)

    names = {path.name for path in folder.iterdir()} - {"__pycache__"}
    assert names == {"app.py", "test_app.py"}


def test_settings_of_a_folder_above_do_not_count(folder):
    """The folder my/ is in this repository, where a warning is an error."""
    settings = "[pytest]\nfilterwarnings = error\naddopts = -k nothing\n"
    (folder.parent / "pytest.ini").write_text(settings, "utf-8")
    warn = "\n\ndef test_warn():\n    import warnings\n    warnings.warn('Careful')\n"
    (folder / "test_app.py").write_text(TESTS + warn, "utf-8")

    assert [test.done for test in run_tests(folder)] == [True, False, True]


def test_tests_that_python_cannot_read_are_one_failure(folder):
    (folder / "test_app.py").write_text("def test_x(:\n", "utf-8")

    [failed] = run_tests(folder)

    assert not failed.done
    assert "SyntaxError" in failed.text


def test_folder_without_tests_is_a_user_error(folder):
    (folder / "test_app.py").unlink()

    with pytest.raises(UserError, match="There are no tests"):
        show_tests(str(folder))


def test_tests_that_do_not_end_are_a_user_error(folder, monkeypatch):
    monkeypatch.setattr(own_tests, "TIMEOUT", 0.1)

    with pytest.raises(UserError, match="have not ended"):
        run_tests(folder)


def test_options_that_pytest_refuses_are_a_user_error(folder, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")

    with pytest.raises(UserError, match="no-such-option"):
        run_tests(folder)


def test_errors_of_an_own_app_are_shown_once(folder, capsys):
    api = serve(str(folder))
    api.get("/nothing")
    capsys.readouterr()

    show_errors(str(folder))
    first = capsys.readouterr().out
    show_errors(str(folder))

    assert "TypeError: The view function for 'nothing'" in first
    assert "app.py, line 12: def nothing():" in first
    assert str(folder) not in first
    assert capsys.readouterr().out == "There are no errors.\n"


def test_errors_of_an_app_that_is_not_running_are_a_user_error(folder):
    with pytest.raises(UserError, match="is not running"):
        show_errors(str(folder))


def test_link_opens_the_page_of_the_server(capsys):
    show_link(Api("http://127.0.0.1:4321"), "/docs")

    assert capsys.readouterr().out == "http://127.0.0.1:4321/docs\n"
    html = Link("http://127.0.0.1:4321/docs")._repr_html_()
    assert '<a href="http://127.0.0.1:4321/docs" target="_blank">' in html


@pytest.mark.parametrize(
    ("number", "app", "name"),
    [
        ("3", "app", "Section 03"),
        ("section04_restful", "classic", "Section 04, classic.py,"),
        ("examples", "app", "examples"),
    ],
)
def test_name_of_a_server_is_that_of_what_it_serves(number, app, name):
    assert name_server(number, app) == name


def test_serve_shows_a_link_and_how_long_the_server_runs(folder, capsys):
    api = serve(str(folder))

    shown = f"first runs at {api.base_url}, until you shut down the kernel of this "
    assert capsys.readouterr().out == f"{shown}notebook.\n"
    html = ServerLink("mine", Link(api.base_url))._repr_html_()
    assert f'mine runs at <a href="{api.base_url}" target="_blank">' in html


def test_link_has_no_port_if_outputs_are_stable(monkeypatch):
    monkeypatch.setenv(STABLE_OUTPUTS, "1")
    link = Link("http://127.0.0.1:4321/docs")

    for text in (repr(link), link._repr_html_()):
        assert "4321" not in text
        assert "/docs" in text
        assert "href" not in text

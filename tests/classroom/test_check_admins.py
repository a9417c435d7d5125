"""learn.py check 11: promises about admins need an admin."""

import shutil

import pytest
from click.testing import CliRunner

from classroom.cli import cli
from classroom.sections import CONTRACT, find_section
from classroom.server import NO_LIMITS, Server

FOLDER = find_section("11").folder
# All promises would take long: two of these need an admin, and one does not.
FEW = [
    f"{CONTRACT}/test_items.py::test_delete_item_removes_it",
    f"{CONTRACT}/test_logins.py::test_logout_twice",
]


@pytest.fixture
def check(monkeypatch):
    """A function that runs learn.py check 11 with few promises.

    It returns the exit status and the output.
    """
    run = pytest.main
    monkeypatch.setattr(pytest, "main", lambda w, **more: run([*w[:-1], *FEW], **more))

    def check_few(*arguments):
        result = CliRunner().invoke(cli, ["check", "11", *arguments])
        # Any other would be a traceback.
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return check_few


@pytest.fixture(scope="module")
def server():
    with Server(FOLDER, settings=NO_LIMITS) as server:
        server.flask("grant-admin", "ana")
        yield server


def test_own_code_makes_an_admin_with_its_own_command(check):
    status, output = check("--app", str(FOLDER))

    assert status == 0, output
    assert "3 promises kept, 0 not." in output


def test_own_code_that_cannot_make_admins_is_reported(check, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("instance"))
    commands = (folder / "commands.py").read_text(encoding="utf-8")
    without = commands.replace('@click.command("grant-admin")', "@click.command()")
    assert without != commands
    without = without.replace("init_db, grant_admin, ", "init_db, ")
    (folder / "commands.py").write_text(without, encoding="utf-8")

    status, output = check("--app", str(folder))

    assert status == 1
    assert "✗ 2 more could not be checked, since their preparation fails:" in output
    assert "copy cannot run flask grant-admin" in output
    assert "No such command 'grant-admin'." in output
    assert "1 promises kept, 2 not." in output


def test_without_an_admin_their_promises_are_skipped(check, server):
    status, output = check("--url", server.address)

    assert status == 0, output
    left_out = "2 promises were not checked: they need an admin. Give --admin"
    assert left_out in output
    assert "1 promises kept, 0 not." in output


def test_admin_of_a_server_is_used(check, server):
    status, output = check("--url", server.address, "--admin", "ana:open-sesame")

    assert status == 0, output
    assert "3 promises kept, 0 not." in output


def test_admin_without_a_password_is_refused(check, server):
    status, output = check("--url", server.address, "--admin", "ana")

    assert status == 1
    assert "Write the admin as --admin NAME:PASSWORD." in output

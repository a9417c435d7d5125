"""learn.py check: its report about code that keeps its promises, or breaks one."""

import io
import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import requests
from click.testing import CliRunner
from rich.console import Console

from classroom.cli import cli
from classroom.contract.failure import BrokenPromise
from classroom.contract.order import FILES
from classroom.contract.report import IN_FULL, print_contract, print_promise_count
from classroom.contract.run import MAX_TIMEOUTS, ContractRun, run_contract
from classroom.sections import CONTRACT, ROOT, find_section
from classroom.server import Server
from classroom.server.client import Api, bearer

FOLDER = find_section("03").folder
ROUTES = re.findall(
    r'^@app\.(\w+)\("(.+)"\)$',
    (FOLDER / "app.py").read_text(encoding="utf-8"),
    re.MULTILINE,
)
# The end of put_item, for a new item.
CREATED = 'return new, 201, location("get_item", name=name, item=item)\n    items'
NAMES = {"<name>": "N", "<item>": "M", "<id>": "ID"}


def check(*arguments, only=""):
    """Run learn.py check 03, and return its exit status and its output.

    only: what the names of tests must match, as for pytest -k, for their promises to be
        checked: all of them take a while.
    """
    runner = CliRunner(env={"PYTEST_ADDOPTS": f"-k '{only}'"})
    result = runner.invoke(cli, ["check", "03", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def copy_with(folder, old, new):
    """Make a copy of section 03 in which one string is replaced by another."""
    shutil.copytree(FOLDER, folder)
    code = (folder / "app.py").read_text(encoding="utf-8")
    assert code.count(old) == 1
    (folder / "app.py").write_text(code.replace(old, new), encoding="utf-8")
    return folder


class PartialRun(ContractRun):
    """A run of the contract tests whose description matches a pattern."""

    def __init__(self, pattern):
        super().__init__(on_start=lambda total: None, on_step=lambda: None)
        self.pattern = pattern

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, obj):
        """Leave out the other tests here: making items of their cases takes a while."""
        return None if re.search(self.pattern, obj.__doc__ or "") else []


def test_there_are_twelve_routes():
    assert len(ROUTES) == 12


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_missing_route_is_named(route, tmp_path):
    method, path = route
    folder = copy_with(tmp_path / "copy", f'@app.{method}("{path}")\n', "")
    for name, short in NAMES.items():
        path = path.replace(name, short)
    run = PartialRun(f"^{method.upper()} {path} ")

    with Server(folder) as server:
        run_contract("03", server.address, run)

    assert run.broken


def test_copy_of_the_section_keeps_its_promises(tmp_path):
    folder = copy_with(tmp_path / "a copy", "My Wonderful Store", "Another Store")

    status, output = check("--app", str(folder), only="test_page or test_stores")

    assert status == 0, output
    assert re.search(r"^\d{2} promises kept, 0 not\.$", output, re.MULTILINE)


def test_check_works_in_a_folder_with_an_odd_name(tmp_path):
    """pytest gives some characters of a path a meaning."""
    root = tmp_path / "José's 100%s;[b] $HOME"
    for folder in (ROOT / "classroom", FOLDER, CONTRACT):
        shutil.copytree(folder, root / folder.relative_to(ROOT))
    for file in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / file, root / file)

    learn = [sys.executable, "-P", "-m", "classroom"]
    result = subprocess.run(
        [*learn, "check", "03", "--app", str(root / FOLDER.name)],
        env=os.environ | {"PYTEST_ADDOPTS": "-k test_page", "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 promises kept, 0 not." in result.stdout


def test_server_at_a_url_keeps_its_promises_twice():
    """The contract tests assume nothing about what is stored, so they can run again."""
    with Server(FOLDER) as server:
        for _ in range(2):
            run = PartialRun("201|DELETE")  # those that change what is stored
            run_contract("03", server.address, run)

            assert run.kept > 20
            assert run.broken == run.not_reached == []


def test_url_of_a_server_is_checked():
    with Server(FOLDER) as server:
        status, output = check("--url", server.address, only="test_page")

    assert status == 0
    assert "1 promises kept, 0 not." in output


def test_what_a_server_already_has_stays_there():
    """With --url, the server may be one in use. Each name here was deleted once."""
    items = ["%", "no such item", "' OR ''='", "9" * 30, "x"]
    stores = ["no such store", "9" * 30, "x"]
    run = PartialRun("DELETE")
    with Server(find_section("06").folder) as server, server.api() as api:
        login = {"username": "ana", "password": "open-sesame"}
        token = api.post("/login", json=login).json()["access_token"]
        api.headers.update(bearer(token))
        for name in stores:
            store = api.post(f"/store/{quote(name)}").json()
        for name in items:
            body = {"price": 1, "store_id": store["id"]}
            api.post(f"/item/{quote(name)}", json=body).raise_for_status()

        run_contract("06", server.address, run)

        assert run.kept > 50
        assert not run.broken
        for name in stores:
            assert api.get(f"/store/{quote(name)}").status_code == 200, name
        for name in items:
            assert api.get(f"/item/{quote(name)}").json().get("price") == 1, name


def test_broken_promise_shows_request_promise_and_response(tmp_path):
    folder = copy_with(tmp_path / "copy", CREATED, "return new, 200\n    items")

    status, output = check("--app", str(folder), only="test_put_a_new")

    assert status == 1
    broken = output[output.index("✗ PUT /store/N/item/M returns 201") :]
    assert re.search(r"request +PUT /store/test%20\w+%20\d+/item/Chair\n", broken)
    assert re.search(r"promised +assert reply.status_code == 201\n", broken)
    assert re.search(r"response +200 OK\n", broken)


def test_upto_counts_the_promises_and_shows_the_next_one(tmp_path):
    folder = copy_with(tmp_path / "copy", CREATED, "return new, 200\n    items")
    some = "test_list_stores or test_put_a_new or test_put_an_item"

    status, output = check("--app", str(folder), "--upto", only=some)

    assert status == 1
    count, failure = output[output.index("2 of 3") :].split("\n\n", 1)
    assert count == "2 of 3 promises hold. Next:"
    assert failure.startswith("✗ PUT /store/N/item/M returns 201")
    assert failure.count("✗") == 1


def printed(report, *promises, kept=0):
    """Return what a report prints about a run in which these promises were broken."""
    run = ContractRun(on_start=lambda total: None, on_step=lambda: None, kept=kept)
    for promise in promises:
        request = "x" * 20_000
        run.broken.append(BrokenPromise(promise, "assert …", request, "500", "test"))
    run.first_failure = run.broken[0] if promises else None
    file = io.StringIO()
    assert report(run, Console(file=file, soft_wrap=True)) == (not promises)
    return file.getvalue()


def test_of_many_broken_promises_the_first_are_shown_in_full():
    promises = [f"Promise {number // 50}" for number in range(1000)]

    report = printed(print_contract, *promises, kept=3)

    assert report.count("  request ") == IN_FULL
    assert report.count("✗ Promise") == 20
    assert "✗ Promise 19 (50 cases)\n" in report
    assert report.endswith("\n3 promises kept, 1000 not.\n")
    assert len(report) < 5000


def test_few_broken_promises_are_all_shown_in_full():
    report = printed(print_contract, *["The same promise"] * IN_FULL)

    assert report.count("  request ") == IN_FULL
    assert "broken, too" not in report


def test_count_of_promises_that_all_hold_names_no_next_one():
    assert printed(print_promise_count, kept=7) == "\n7 of 7 promises hold.\n"


def test_order_of_the_lessons_names_every_file_of_the_contract():
    assert sorted(FILES) == sorted(path.stem for path in CONTRACT.glob("test_*.py"))


def test_error_of_code_that_does_not_start_is_shown(tmp_path):
    folder = copy_with(tmp_path / "copy", "stocktakes = {}", "stocktakes = dicd()")

    status, output = check("--app", str(folder))

    assert status == 1
    error = "NameError: name 'dicd' is not defined"
    assert f"Error: copy does not start: {error}" in output
    assert "(app.py, line " in output
    assert "classroom" not in output


def test_app_of_its_own_is_started_by_its_tests(tmp_path):
    """Its error is the response of each promise, which is named after its test."""
    (tmp_path / "app.py").write_text("import\n")
    run = ContractRun(on_start=lambda total: None, on_step=lambda: None)

    run_contract("12", tmp_path, run)

    assert run.kept == 0
    assert len(run.not_reached) > 100
    assert "does not start: SyntaxError" in run.first_failure.response
    assert not any("_" in failure.promise for failure in run.not_reached)


def test_wrong_content_type_is_reported_for_any_request(tmp_path):
    """Some requests have headers that are not valid strings: they are shown as well."""
    kind = '"application/json; charset=latin-1"'
    folder = copy_with(
        *(tmp_path / "copy", 'content_type = "application/json"'),
        f"content_type = {kind}",
    )

    some = "odd_headers or does_not_say"
    status, output = check("--app", str(folder), only=some)

    assert status == 1
    assert "Traceback" not in output
    assert re.search(r"^\d+ promises kept, \d+ not\.$", output, re.MULTILINE)


def test_server_that_stops_responding_ends_the_run():
    run = ContractRun(on_start=print, on_step=print)
    session = SimpleNamespace(shouldstop="")

    for _ in range(MAX_TIMEOUTS):
        assert not run.timed_out
        run.count_timeout(session, requests.ReadTimeout())

    assert run.timed_out
    assert session.shouldstop


ENDLESS = """
import time
from flask import Flask

app = Flask(__name__)


def send():
    while True:
        yield {part}
        time.sleep({pause})


@app.route("/<path:path>", methods=["GET", "POST", "PUT"])
def respond(path):
    return send()
"""


@pytest.mark.parametrize(
    ("part", "pause", "reason"),
    [
        ("b' '", 0.1, "after 0 seconds, there is more"),
        ("b' ' * 65536", 0, "over 2 MiB"),
    ],
)
def test_response_that_never_ends_is_named(tmp_path, monkeypatch, part, pause, reason):
    (tmp_path / "app.py").write_text(ENDLESS.format(part=part, pause=pause))
    monkeypatch.setattr(Api, "MAX_SECONDS", 0.4 if pause else 60)
    run = ContractRun(on_start=lambda total: None, on_step=lambda: None)

    with Server(tmp_path) as server:
        run_contract("03", server.address, run)

    assert run.timed_out
    assert len(run.broken) == MAX_TIMEOUTS
    assert run.broken[0].request == "POST /store"
    assert run.broken[0].response.startswith("it never ends: ")
    assert reason in run.broken[0].response


def test_server_that_dies_during_the_run_is_reported(tmp_path):
    dies = 'def index():\n    """Die."""\n    import os; os._exit(3)\n\ndef unused():'
    folder = copy_with(tmp_path / "copy", "def index():", dies)

    status, output = check("--app", str(folder), only="test_page or test_stocktakes")

    assert status == 1
    assert "none: the connection failed" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--app", "no/such/folder"], "There is no folder 'no/such/folder'."),
        (["--app", "."], "There is no app.py in '.'."),
        (["--url", "http://127.0.0.1:9"], "No server responds at http://127.0.0.1:9"),
        (["--url", "nonsense"], "'nonsense' is not a URL such as http://127.0.0.1:5"),
        (["--url", "127.0.0.1:9"], "'127.0.0.1:9' is not a URL"),
        (["--url", "localhost:9"], "'localhost:9' is not a URL"),
        (["--url", "ftp://127.0.0.1"], "'ftp://127.0.0.1' is not a URL"),
        (["--url", "http://"], "'http://' is not a URL"),
        (["--url", "http://[::1"], "'http://[::1' is not a URL"),
        (["--url", "http://127.0.0.1:x"], "'http://127.0.0.1:x' is not a URL"),
        (["--url", ""], "'' is not a URL"),
        (["--app", ""], "The folder is an empty string: write its path."),
        ([], "Give one of --app DIR, --my and --url URL."),
        (["--app", ".", "--url", "http://127.0.0.1:9"], "Give one of --app DIR"),
    ],
    ids=str,
)
def test_what_cannot_be_checked_is_one_sentence(arguments, message):
    result = CliRunner().invoke(cli, ["check", "03", *arguments])

    assert isinstance(result.exception, SystemExit)  # any other has a traceback
    assert result.exit_code == (1 if message.startswith(("There", "No")) else 2)
    assert message in result.output

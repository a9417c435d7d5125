"""The commands of learn.py, run as readers run them."""

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import nbformat
import psutil
import pytest
import requests
from click.testing import CliRunner

from classroom import sections
from classroom.cli import cli
from classroom.contract.selection import pytest_arguments
from classroom.notebooks import book, execute
from classroom.notebooks.book import Page, write_book
from classroom.notebooks.execute import find_notebooks, read_notebook
from classroom.sections import ROOT, all_sections, find_section

LEARN = [sys.executable, str(ROOT / "learn.py")]
LIMIT = 60  # seconds
# What a page loads by itself; it may have links to the web.
LOADED = (
    r'(?:<\w+\b[^>]*\bsrc="|<link\b[^>]*\bhref="'
    r'|\burl\(["\']?|@import +["\']?)([^"\')]*)'
)


def learn(*arguments):
    """Run learn.py to its end, and return the result."""
    return subprocess.run([*LEARN, *arguments], capture_output=True, encoding="utf-8")


class Running:
    """learn.py, running, with all that it has printed so far."""

    def __init__(self, output, *arguments):
        self.output = output
        with output.open("wb") as printed:
            self.process = subprocess.Popen(
                [*LEARN, *arguments],
                stdout=printed,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def wait_for(self, pattern):
        """Wait for a match of a pattern in the output, and return it."""
        deadline = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.output.read_text("utf-8"))):
            assert time.monotonic() < deadline, self.output.read_text("utf-8")
            time.sleep(0.05)
        return found[0]

    def press_ctrl_c(self):
        """Do as a terminal does: interrupt the whole group of processes."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=LIMIT)


@pytest.fixture
def start(tmp_path):
    """A function that starts a command of learn.py, which ends with the test."""
    running = []

    def start_learn(*arguments):
        running.append(Running(tmp_path / f"output {len(running)}", *arguments))
        return running[-1]

    yield start_learn
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def is_gone(address):
    """Return whether a server ends within the limit."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        try:
            requests.get(address, timeout=LIMIT)
        except requests.ConnectionError:
            return True
        except requests.RequestException:
            pass  # it ends in the middle of a response
        time.sleep(0.05)
    return False


def get_once_it_responds(url):
    """Return the response of a server that may still be starting."""
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            return requests.get(url, timeout=LIMIT)
        except requests.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_learn_alone_shows_every_section_and_the_next_commands():
    result = learn()

    assert result.returncode == 0
    for section in all_sections():
        assert f"│ {section.number}" in result.stdout
        assert section.title[:25] in result.stdout  # a long one is wrapped
    assert "learn.py lab" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("run", "99"), ("demo", "99"), ("postman", "99"), ("check", "99", "--app", ".")],
    ids=" ".join,
)
def test_unknown_section_is_one_sentence(arguments):
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 1
    numbers = ", ".join(section.number for section in all_sections())
    expected = f"Error: There is no section '99'. The sections are: {numbers}.\n"
    assert result.output == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "08"),
        ("check", "08", "--app", "."),
        ("diff", "07", "08"),
        ("postman", "08"),
    ],
    ids=" ".join,
)
def test_section_without_an_app_is_one_sentence(arguments):
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 1
    assert result.output == (
        "Error: Section 8 has no app of its own: it deploys section 7, 11 or 14. "
        "The command rehearse 08 does that.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "what"),
    [(("diff", "11", "12"), "A comparison"), (("postman", "12"), "A collection")],
)
def test_what_an_app_of_its_own_does_not_have_is_one_sentence(arguments, what):
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 1
    assert result.output == (
        f"Error: {what} is for the sections that build on each other, and section 12 "
        "is an app of its own.\n"
    )


def test_only_a_server_has_a_section_to_deploy():
    result = CliRunner().invoke(cli, ["rehearse", "07", "--section", "11"])

    assert result.exit_code == 2
    assert "--section is for rehearse 08 and 09." in result.output


@pytest.mark.parametrize("command", ["lab", "demo"])
def test_section_without_a_lesson_is_one_sentence(command, monkeypatch, tmp_path):
    monkeypatch.setattr(sections, "NOTEBOOKS", tmp_path)

    result = CliRunner().invoke(cli, [command, "03"])

    assert result.exit_code == 1
    assert result.output == "Error: Section 03 has no lesson.\n"


def test_unknown_command_is_one_sentence():
    result = CliRunner().invoke(cli, ["nonsense"])

    assert isinstance(result.exception, SystemExit)  # any other has a traceback
    assert result.exit_code == 2
    assert "No such command 'nonsense'" in result.output


def test_run_serves_at_the_given_port(start):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    running = start("run", "03", "--port", str(port))

    address = running.wait_for(r"http://127\.0\.0\.1:\d+")
    assert address.endswith(f":{port}")
    assert requests.get(address, timeout=LIMIT).status_code == 200


def test_run_takes_a_free_port_if_its_own_is_taken_and_prints_it(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        running = start("run", "03", "--port", str(port))

        address = running.wait_for(r"http://127\.0\.0\.1:\d+")
        running.wait_for(f"Port {port} is taken")
        assert requests.get(address, timeout=LIMIT).status_code == 200


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_run_at_an_impossible_port_is_one_sentence(port):
    result = CliRunner().invoke(cli, ["run", "03", "--port", port])

    assert result.exit_code == 2
    assert "Invalid value for '--port'" in result.output


def test_run_prints_why_an_app_does_not_start(start, tmp_path):
    (tmp_path / "app.py").write_text("1 / 0\n")

    running = start("run", "03", "--app", str(tmp_path))

    running.wait_for("ZeroDivisionError")
    assert running.process.wait(timeout=LIMIT) != 0


def test_run_leaves_the_database_of_the_environment_alone(start, tmp_path, monkeypatch):
    real = tmp_path / "real.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{real}")
    copy = shutil.copytree(find_section("07").folder, tmp_path / "copy")

    running = start("run", "07", "--port", "0", "--app", str(copy))

    address = running.wait_for(r"http://127\.0\.0\.1:\d+")
    assert requests.get(f"{address}/ready", timeout=LIMIT).status_code == 200
    assert not real.exists()


unix_only = pytest.mark.skipif(os.name == "nt", reason="Windows interrupts otherwise")


@unix_only
def test_ctrl_c_ends_run_and_leaves_no_server(start):
    running = start("run", "03", "--port", "0")
    address = running.wait_for(r"http://127\.0\.0\.1:\d+")

    running.press_ctrl_c()

    assert is_gone(address)
    assert "Traceback" not in running.output.read_text("utf-8")


@unix_only
def test_ctrl_c_before_the_modules_are_imported_is_one_line(start):
    running = start("run", "03", "--port", "0")
    learn = psutil.Process(running.process.pid)
    while "classroom" not in learn.cmdline():  # until learn.py has become the command
        time.sleep(0.001)

    running.press_ctrl_c()

    assert running.process.returncode == 1
    assert running.output.read_text("utf-8").strip() == "Aborted!"


@unix_only
def test_ctrl_c_before_the_server_has_started_is_one_line_at_most(start):
    running = start("run", "03", "--port", "0")
    learn = psutil.Process(running.process.pid)
    running.wait_for("Section 03")
    while not learn.children():
        time.sleep(0.001)

    running.press_ctrl_c()

    printed = running.output.read_text("utf-8")
    title, _, rest = printed.partition("\n")
    assert title.startswith("Section 03: ")
    # It has printed no more, unless the server was quicker than this test.
    assert rest.strip() in ("", "Aborted!") or "Running on" in rest
    assert "Traceback" not in rest


@unix_only
def test_ctrl_c_ends_demo_and_leaves_no_process(start, tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    running = start("demo", "03")
    demo = psutil.Process(running.process.pid)
    deadline = time.monotonic() + LIMIT
    started = []
    while len(started) < 2:  # the kernel of the notebook, and the server
        started = demo.children(recursive=True)
        assert time.monotonic() < deadline
        time.sleep(0.05)

    running.press_ctrl_c()

    assert running.process.returncode == 1
    assert "Traceback" not in running.output.read_text("utf-8")
    gone, alive = psutil.wait_procs(started, timeout=LIMIT)
    assert alive == []
    assert list(place.iterdir()) == []


def test_killed_run_leaves_no_server(start):
    running = start("run", "03", "--port", "0")
    address = running.wait_for(r"http://127\.0\.0\.1:\d+")

    running.process.kill()

    assert is_gone(address)


@unix_only
@pytest.mark.parametrize(
    ("arguments", "lesson"),
    [
        ([], "my/notebooks/00_start_here.ipynb"),
        (["06", "--present"], "build/presentation/notebooks/06_sqlalchemy.ipynb"),
    ],
)
def test_lab_opens_a_lesson_and_ends_with_one_ctrl_c(
    start, monkeypatch, arguments, lesson, tmp_path
):
    # Not in my/, which is the reader's; and outside of this folder, links lead nowhere.
    own = ROOT / "build" / f"test-{tmp_path.name}" / "my"
    monkeypatch.setenv("CLASSROOM_MY", str(own))
    running = start("lab", "--no-browser", *arguments)
    url = running.wait_for(r"http://127\.0\.0\.1:\d+/lab\S+token=\w+")
    shutil.rmtree(own.parent, ignore_errors=True)

    assert lesson in url
    page = get_once_it_responds(url)
    assert page.status_code == 200
    assert "apputils-extension:announcements" in page.text  # among what is disabled
    running.press_ctrl_c()

    assert running.process.returncode == 0
    assert is_gone(url)


@pytest.fixture
def collect(monkeypatch):
    """A function that returns the names of the tests that learn.py test would run."""
    monkeypatch.chdir(ROOT)

    def run(*arguments):
        options = "--collect-only", "-q", "-n", "0"
        result = CliRunner().invoke(cli, ["test", *arguments, *options])
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_test_passes_its_arguments_to_pytest(collect):
    [test, *_] = collect("tests/contract/test_page.py").split()

    assert test == "tests/contract/test_page.py::test_page_is_html[03]"


def test_test_of_a_section_selects_what_concerns_it(collect):
    tests = collect("6")

    for selected in (
        "tests/contract/test_docs.py::test_openapi_describes_every_route[06]",
        "tests/internals/test_section06.py::",
        "tests/course/test_notebooks.py::test_cells_are_short[06_sqlalchemy]",
        "tests/classroom/test_exercises.py::test_06_1",
    ):
        assert selected in tests
    assert "[05]" not in tests
    assert "test_05_1" not in tests


def test_each_test_is_run_once_for_its_newest_section(collect):
    files = "tests/contract/test_docs.py", "tests/internals/test_tokens.py"
    printed = collect("--once", *files)

    assert "test_openapi_describes_every_route[14]" in printed
    assert "test_exception_in_the_app_is_500_in_json[07-app]" in printed
    assert not re.search(r"\[(04-app|05|06|11)\b", printed)
    tests = re.findall(r"^(\S+::\S+?)(?:\[|$)", printed, re.MULTILINE)
    assert len(set(tests)) == len(tests) > 10


FAST = [
    "--once",
    "--ignore-glob=*_trouble.py",
    "--ignore-glob=*_processes.py",
    "tests/contract",
    "tests/section12",
    "tests/section13",
    "tests/internals",
]


@pytest.mark.parametrize(
    ("fast", "arguments", "expected"),
    [
        (True, (), FAST),
        (True, ("-x",), [*FAST, "-x"]),
        (False, (), []),
    ],
)
def test_several_processes_run_many_tests(fast, arguments, expected):
    in_parallel = pytest_arguments(fast=False, arguments=())

    assert in_parallel[2:4] == ["--dist", "loadgroup"]
    assert pytest_arguments(fast, arguments) == in_parallel + expected


def test_contract_of_a_section_is_run_by_one_process():
    """Some versions of pytest and pytest-xdist together ignore the groups."""
    groups = pytest_arguments(fast=False, arguments=())[2:]
    few = ["-v", "-n", "2", "-k", "[04 and Bearer", "tests/contract/test_tokens.py"]

    result = learn("test", *groups, *few)

    ran = re.findall(r"^\[(gw\d)\].*@(contract\S+)", result.stdout, re.MULTILINE)
    assert {group for _, group in ran} >= {"contract-04-app", "contract-04-classic"}
    assert len(set(ran)) == len({group for _, group in ran})


def test_test_of_an_unknown_section_is_one_sentence():
    result = CliRunner().invoke(cli, ["test", "99"])

    assert result.exit_code == 1
    assert result.output.startswith("Error: There is no section '99'.")


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder in place of notebooks/, and one in place of build/book/."""
    monkeypatch.setattr(execute, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(book, "BOOK", tmp_path / "book [b]")
    return tmp_path


def write_notebook(path, code):
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# A notebook"),
        nbformat.v4.new_code_cell(code),
        nbformat.v4.new_code_cell("'not reached'"),
    ]
    nbformat.write(notebook, path)


def test_demo_shows_the_cell_that_failed_and_runs_the_others(shelf):
    write_notebook(shelf / "01_bad.ipynb", "1 / 0  # on purpose")
    write_notebook(shelf / "02_good.ipynb", "'all is well'")

    result = CliRunner().invoke(cli, ["demo"])

    assert result.exit_code == 1
    assert "A cell of 01_bad.ipynb failed." in result.output
    assert "1 / 0  # on purpose" in result.output
    assert "ZeroDivisionError: division by zero" in result.output
    assert re.search(r"01_bad .* 2/3", result.output)
    assert re.search(r"02_good .* 3/3", result.output)
    index = (book.BOOK / "index.html").read_text("utf-8")
    assert index.count("(a cell failed)") == 1
    bad = (book.BOOK / "01_bad.html").read_text("utf-8")
    assert "ZeroDivisionError" in bad


def test_demo_uses_no_database_of_the_environment(shelf, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://127.0.0.1:9/real")
    write_notebook(shelf / "01_good.ipynb", "import os; os.environ['DATABASE_URL']")

    result = CliRunner().invoke(cli, ["demo"])

    assert "KeyError: 'DATABASE_URL'" in result.output


def test_demo_of_good_notebooks_succeeds(shelf):
    write_notebook(shelf / "01_good.ipynb", "'all is well'")

    result = CliRunner().invoke(cli, ["demo"])

    assert result.exit_code == 0, result.output
    assert re.search(r"01_good .* 3/3", result.output)
    assert str(book.BOOK) in result.output
    assert "all is well" in (book.BOOK / "01_good.html").read_text("utf-8")


def test_folder_that_is_read_only_is_one_sentence(shelf, monkeypatch):
    def fail(pages):
        raise OSError(errno.EROFS, "Read-only file system", "build/book")

    monkeypatch.setattr(book, "write_book", fail)

    result = CliRunner().invoke(cli, ["demo"])

    assert result.exit_code == 1
    assert "Error: build/book cannot be used: Read-only file system.\n" in result.output


def test_refresh_saves_nothing_if_a_cell_fails(shelf, monkeypatch):
    write_notebook(shelf / "01_good.ipynb", "'all is well'")
    write_notebook(shelf / "02_bad.ipynb", "1 / 0")
    before = (shelf / "01_good.ipynb").read_text("utf-8")

    result = CliRunner().invoke(cli, ["refresh"])

    assert result.exit_code == 1
    assert "Nothing was saved" in result.output
    assert (shelf / "01_good.ipynb").read_text("utf-8") == before


def test_book_folds_the_answers_to_predictions(shelf):
    """An answer with an error is open, since the reader has to see it."""
    error = nbformat.v4.new_output("error", ename="E", evalue="", traceback=["bad"])
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# A notebook\n\n**Predict:** how much?"),
        nbformat.v4.new_code_cell("first_answer"),
        nbformat.v4.new_code_cell("second_answer"),
        nbformat.v4.new_markdown_cell("At **Predict**, stop."),
        nbformat.v4.new_code_cell("no_answer"),
        nbformat.v4.new_markdown_cell("**Predict:** does it work?"),
        nbformat.v4.new_code_cell("third_answer", outputs=[error]),
    ]

    index = write_book([Page(shelf / "01_new.ipynb", notebook, failed=True)])

    html = (index.parent / "01_new.html").read_text("utf-8")
    pattern = r"<details class=prediction( open)?>(.*?)</details>"
    closed, opened = re.findall(pattern, html, re.DOTALL)
    assert not closed[0] and opened[0]
    assert "first_answer" in closed[1] and "second_answer" in closed[1]
    assert "third_answer" in opened[1]
    assert "no_answer" not in closed[1] + opened[1]


def test_book_needs_no_other_files(tmp_path, monkeypatch):
    """Links lead to its own pages or to this repository; pictures are embedded."""
    monkeypatch.setattr(book, "BOOK", tmp_path)
    paths = find_notebooks([])

    index = write_book(
        [Page(path, read_notebook(path), failed=False) for path in paths]
    )

    pages = {page.name: page.read_text("utf-8") for page in index.parent.iterdir()}
    assert set(pages) == {"index.html", *(f"{path.stem}.html" for path in paths)}
    for html in pages.values():
        assert all(url.startswith("data:") for url in re.findall(LOADED, html))
        for link in re.findall(r'href="(\w[\w/.]*|\.\.[^"#]*)["#]', html):
            inside = link in pages
            assert inside or (ROOT / "build" / "book" / link).resolve().exists(), link

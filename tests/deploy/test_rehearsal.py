"""The rehearsal deploys as Heroku does, and leaves no files or processes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib
import psutil
import psycopg
import pytest

from classroom import rehearse
from classroom.errors import UserError
from classroom.heroku import lifecycle
from classroom.heroku.breakages import BREAKAGES
from classroom.heroku.build import build
from classroom.heroku.config_vars import config_vars, read_procfile
from classroom.heroku.dyno import Dyno
from classroom.heroku.pipeline import run_app, run_rehearsal
from classroom.heroku.push import push
from classroom.rehearsal import database
from classroom.rehearsal.git import (
    clone,
    count_uncommitted,
    find_repository,
    take_snapshot,
)
from classroom.rehearsal.steps import (
    Listener,
    Log,
    Recorder,
    Rehearsal,
    Step,
    StepFailed,
)
from classroom.rehearsal.timeline import draw_timeline
from classroom.sections import ROOT, find_section
from classroom.server.mongodb_programs import find_mongodb
from classroom.server.ports import find_free_port

pytestmark = pytest.mark.skipif(os.name == "nt", reason="gunicorn needs Linux or macOS")

LEARN = [sys.executable, str(ROOT / "learn.py")]
LIMIT = 120  # seconds, on a machine that is busy
SECTION = find_section("07")
ERROR = " !     Error: "
REJECTED = " !     Push rejected, failed to compile Python app."


IGNORES_SIGTERM = """\
import os, signal, socket
signal.signal(signal.SIGTERM, signal.SIG_IGN)
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    server.accept()[0].close()
"""


@pytest.fixture(scope="module", autouse=True)
def subtree(needs):
    """Skip these tests where git cannot push a folder."""
    found = subprocess.run(["git", "subtree", "-h"], capture_output=True)
    needs(b"git subtree push" in found.stdout, "no git-subtree: install it")


@pytest.fixture
def place(monkeypatch):
    """An empty folder for temporary ones; the account of PostgreSQL may enter it."""
    with tempfile.TemporaryDirectory(prefix="place-") as folder:
        os.chmod(folder, 0o755)
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield Path(folder)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A virtual environment with the requirements of section 7, as they are built."""
    folder = tmp_path_factory.mktemp("built") / "python"
    build(new_log(), SECTION.folder, folder)
    return folder


SMALL_APP = {
    "requirements.txt": "",
    "Procfile": "web: python app.py",
    "app.py": """\
import os, socket
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
print("Listening", flush=True)
clients = []
while True:  # accept connections, and never respond
    clients.append(server.accept())
""",
}


IDENTITY = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
COMMIT = [*IDENTITY, "commit", "--quiet"]


@pytest.fixture
def small_app(tmp_path):
    """A committed app that is built in a second, since it requires no packages."""
    folder = tmp_path / "small"
    (folder / "app").mkdir(parents=True)
    for name, content in SMALL_APP.items():
        (folder / "app" / name).write_text(content)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, *COMMIT, "--message", "A small app")
    return folder / "app"


@pytest.fixture
def repository(small_app, tmp_path):
    """A shallow clone of a repository without a branch, as CI systems make it."""
    git(small_app, *COMMIT, "--allow-empty", "--message", "The next commit")
    folder, url = tmp_path / "repository", small_app.parent.as_uri()
    git(tmp_path, "clone", "--quiet", "--depth", "1", url, str(folder))
    git(folder, "checkout", "--quiet", "--detach")
    return folder


def new_log():
    return Log({}, Listener())


def git(folder, *arguments):
    """Run git, and return its output."""
    return subprocess.check_output(["git", *arguments], cwd=folder, encoding="utf-8")


def describe(repository):
    """Return what a rehearsal could change in a repository.

    Its other branches may change meanwhile, by commits in another worktree.
    """
    commands = ["status --porcelain", "remote -v", "log -1", "config --local --list"]
    return [git(repository, *command.split()) for command in commands]


def processes_of(place):
    """Return the processes that run in a folder, or have it in their command."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        parts = [process.info["cwd"] or "", *(process.info["cmdline"] or [])]
        if any(str(place) in part for part in parts):
            found.append(process)
    return found


def wait_until(condition):
    """Wait until a condition holds; fail if that takes too long."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def expect_mongodb(needs):
    """Skip a test where there is no MongoDB server."""
    try:
        find_mongodb()
    except UserError as error:
        needs(None, str(error))


# Section 14 promises everything that sections 7 and 11 do. Section 12 has another
# database, with which its own tests check every promise. Those that several processes
# may break are checked here.
@pytest.mark.parametrize(
    ("number", "part"),
    [("12", "--once -k 'accounts or at_once'"), ("14", "--once")],
    ids=["12", "14"],
)
def test_section_deploys_and_keeps_its_promises(
    number, part, place, database_server, needs, rehearse_in_terminal
):
    """A whole rehearsal changes nothing in the repository."""
    if number == "12":
        expect_mongodb(needs)
    before = describe(ROOT)

    output = rehearse_in_terminal(number, part, DATABASE_URL=database_server.url)

    steps = ["Clone", "Push", "Build", "Add", "Release", "Start", "Check", "Stop"]
    assert re.findall(r"✓ (\w+)[^│]*│ \d+\.\d │", output) == steps
    assert re.search(r"\b\d{2,3} promises kept, 0 not\.", output)
    assert describe(ROOT) == before
    assert list(place.iterdir()) == []
    assert processes_of(place) == []


@pytest.mark.parametrize(
    ("broken", "messages"),
    [
        (
            "no requirements.txt",
            [
                f"{ERROR}Couldn't find any supported Python package manager files.",
                REJECTED,
            ],
        ),
        (
            "a requirement does not exist",
            [
                "ERROR: No matching distribution found for flask-for-sure==9.9",
                f"{ERROR}Unable to install dependencies using pip.",
                REJECTED,
            ],
        ),
    ],
)
def test_failing_build_is_rejected(broken, messages, capsys, small_app, place):
    rehearsal = rehearse("07", app=str(small_app), broken=broken)

    assert not rehearsal.ok
    step = rehearsal.steps[-1]
    assert (step.name, step.ok) == ("Build", False)
    lines = step.output.splitlines()
    assert [line for line in lines if line in messages] == messages
    printed = capsys.readouterr().out
    assert "✗ Build" in printed
    assert messages[-1] in printed
    assert step.advice in printed
    assert list(place.iterdir()) == []


def test_environment_that_cannot_be_made_is_one_sentence(small_app, monkeypatch):
    """Packages are kept in the user's cache, in which this user may not write."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(small_app / "app.py"))

    with pytest.raises(UserError, match="cannot be created: NotADirectoryError: "):
        build(new_log(), small_app, small_app / "python")


def import_what_is_not_installed(folder):
    app = folder / "app.py"
    app.write_text("import flask_for_sure\n" + app.read_text("utf-8"), "utf-8")


def only_web(change):
    """Return a change that also removes the release command, to save time."""

    def change_and_remove_release(folder):
        change(folder)
        procfile = folder / "Procfile"
        lines = procfile.read_text("utf-8").splitlines(keepends=True)
        web = [line for line in lines if not line.startswith("release:")]
        procfile.write_text("".join(web), "utf-8")

    return change_and_remove_release


NOT_BOUND = only_web(BREAKAGES["the port is not bound"])


@pytest.mark.parametrize(
    ("change", "failed", "messages"),
    [
        pytest.param(
            BREAKAGES["no Procfile"],
            "Start",
            ['code=H14 desc="No web processes running"'],
            id="no Procfile",
        ),
        pytest.param(
            only_web(BREAKAGES["no web process"]),
            "Start",
            ['code=H14 desc="No web processes running"'],
            id="no web process",
        ),
        pytest.param(
            BREAKAGES["the release fails"],
            "Release",
            [
                "Multiple head revisions are present",
                "heroku[release.1]: Process exited with status 1",
                "Waiting for release.... failed.",
            ],
            id="two heads",
        ),
        pytest.param(
            import_what_is_not_installed,
            "Release",
            [
                "ModuleNotFoundError: No module named 'flask_for_sure'",
                "Waiting for release.... failed.",
            ],
            id="module missing at release",
        ),
        pytest.param(
            only_web(import_what_is_not_installed),
            "Start",
            [
                "ModuleNotFoundError: No module named 'flask_for_sure'",
                "heroku[web.1]: Process exited with status 1",
                "heroku[web.1]: State changed from starting to crashed",
                'code=H10 desc="App crashed"',
            ],
            id="module missing at boot",
        ),
        pytest.param(
            only_web(BREAKAGES["the web process ends"]),
            "Start",
            [
                "Failed to find attribute 'make_app' in 'app'.",
                "heroku[web.1]: State changed from starting to crashed",
                'code=H10 desc="App crashed"',
            ],
            id="no such function",
        ),
        pytest.param(
            NOT_BOUND,
            "Start",
            [
                "heroku[web.1]: Error R10 (Boot timeout) -> Web process failed to bind",
                "heroku[web.1]: Stopping process with SIGKILL",
                "heroku[web.1]: Process exited with status 137",
                "heroku[web.1]: State changed from starting to crashed",
            ],
            id="port not bound",
        ),
    ],
)
def test_failing_app_is_reported_with_messages_of_heroku(
    change, failed, messages, tmp_path, environment, new_database
):
    app = tmp_path / "app"
    shutil.copytree(SECTION.folder, app)
    change(app)
    recorder = Recorder(Rehearsal("07"), Listener())
    settings = config_vars(app, environment, {"DATABASE_URL": new_database()})
    types = read_procfile(app)
    # As long as Heroku waits, except for a process that will never listen.
    boot_limit = 1 if change is NOT_BOUND else 60

    with pytest.raises(StepFailed) as failure:
        run_app(recorder, app, types, settings, boot_limit)

    step = recorder.rehearsal.steps[-1]
    assert (step.name, step.advice) == (failed, str(failure.value))
    places = [step.output.find(message) for message in messages]
    assert places == sorted(places) and places[0] >= 0, step.output
    assert processes_of(tmp_path) == []


def test_process_that_ignores_sigterm_is_killed(tmp_path, monkeypatch):
    """Heroku reports it as R12."""
    monkeypatch.setattr(lifecycle, "EXIT_LIMIT", 0.3)
    app = tmp_path / "app"
    app.mkdir()
    (app / "web.py").write_text(IGNORES_SIGTERM)
    (app / "Procfile").write_text(f"web: {sys.executable} web.py")
    settings = {"PORT": str(find_free_port()), "PYTHONUNBUFFERED": "true"}
    log = new_log()

    with Dyno("web", read_procfile(app)["web"], app) as web:
        lifecycle.start(log, web, settings, limit=60)
        with pytest.raises(StepFailed, match="SIGTERM"):
            lifecycle.stop(log, web)

    assert log.lines[-3:] == [
        "heroku[web.1]: Error R12 (Exit timeout) -> Process failed to exit within 30 "
        "seconds of SIGTERM",
        "heroku[web.1]: Stopping process with SIGKILL",
        "heroku[web.1]: Process exited with status 137",
    ]
    assert processes_of(tmp_path) == []


def test_process_types_are_named_as_in_the_procfile(tmp_path):
    log = new_log()

    lifecycle.discover(log, read_procfile(SECTION.folder))
    lifecycle.discover(log, read_procfile(tmp_path))

    declared = [line for line in log.lines if "declares" in line]
    assert declared == [
        "       Procfile declares types -> release, web",
        "       Procfile declares types -> (none)",
    ]


@pytest.mark.parametrize(
    ("how", "when"),
    [
        pytest.param(signal.SIGINT, ("heroku.git/HEAD", "refs/heads"), id="Ctrl-C"),
        pytest.param(signal.SIGKILL, ("web.log", "Listening"), id="kill -9"),
    ],
)
def test_interrupted_rehearsal_leaves_nothing(how, when, small_app, place, monkeypatch):
    """Ctrl-C and kill -9 end everything that it has started.

    when: a file, and what it must contain before.
    """
    file, content = when
    monkeypatch.delenv("DATABASE_URL", raising=False)
    learn = subprocess.Popen(
        [*LEARN, "rehearse", "07", "--app", str(small_app)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with learn:
        wait_until(lambda: content in "".join(map(read, place.glob(f"*/{file}"))))
        os.killpg(learn.pid, how)

    assert learn.returncode != 0
    wait_until(lambda: not list(place.iterdir()))
    wait_until(lambda: not processes_of(place))


def test_interrupted_release_leaves_no_process(tmp_path, monkeypatch):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Procfile").write_text("release: sleep 600")
    release = Dyno("release", "sleep 600", tmp_path / "app")

    def interrupt(seconds):
        wait_until(lambda: "started" in release.read_output())
        assert processes_of(tmp_path)
        raise KeyboardInterrupt

    monkeypatch.setattr(release, "wait", interrupt)

    with pytest.raises(KeyboardInterrupt):
        lifecycle.release(new_log(), release, {})

    assert processes_of(tmp_path) == []


def test_interrupted_rehearsal_leaves_no_database(database_server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_server.url)

    with pytest.raises(KeyboardInterrupt), database.new_database(new_log()):
        assert len(databases(database_server)) == 1
        raise KeyboardInterrupt

    assert databases(database_server) == []


def read(file):
    return file.read_text("utf-8", "replace")


def databases(server):
    """Return the databases of rehearsals on a server."""
    query = "SELECT datname FROM pg_database WHERE datname LIKE 'rehearsal%'"
    with psycopg.connect(server.url) as connection:
        return connection.execute(query).fetchall()


def test_existing_database_is_not_changed(database_server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_server.url)

    with database.new_database(new_log()) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE made_by_the_app ()")
        during = databases(database_server)

    assert len(during) == 1
    assert databases(database_server) == []
    with psycopg.connect(database_server.url) as connection:
        found = connection.execute("SELECT to_regclass('made_by_the_app')").fetchone()
    assert found == (None,)


@pytest.mark.parametrize(
    "url", ["sqlite:///x", "postgres://a:b@127.0.0.1:9/c", "postgres://a:b@[c/d"]
)
def test_unusable_database_url_is_one_sentence(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(UserError, match="Unset the variable"):
        with database.new_database(new_log()):
            pass


def test_commit_is_pushed_from_a_shallow_clone_without_a_branch(repository, tmp_path):
    before = describe(repository), git(repository, "show-ref", "--head")
    found, prefix = find_repository(repository / "app")

    clone(new_log(), found, tmp_path / "clone")
    there = tmp_path / "remote", tmp_path / "app"
    push(new_log(), tmp_path / "clone", prefix, *there)

    pushed = git(tmp_path / "remote", "rev-parse", "main^{tree}")
    assert pushed == git(repository, "rev-parse", f"HEAD:{prefix}")
    files = git(repository, "ls-tree", "-r", "--name-only", f"HEAD:{prefix}")
    assert all((tmp_path / "app" / file).is_file() for file in files.splitlines())
    assert (describe(repository), git(repository, "show-ref", "--head")) == before


class Notes(Listener):
    """Collects the notes."""

    def __init__(self):
        self.notes = []

    def note(self, sentence):
        self.notes.append(sentence)


def test_uncommitted_files_are_counted_and_not_pushed(small_app):
    (small_app / "requirements.txt").unlink()
    (small_app / "new.py").touch()
    section = replace(SECTION, folder=small_app)
    listener, change = Notes(), BREAKAGES["no requirements.txt"]

    rehearsal = run_rehearsal(section, listener, change=change)

    [note] = listener.notes
    assert "2 changed or new files are left out of app" in note
    assert " !     new.py" not in rehearsal.steps[-1].output
    assert " !     app.py" in rehearsal.steps[-1].output


def test_without_a_repository_there_is_advice(tmp_path):
    shutil.copytree(SECTION.folder, tmp_path / SECTION.folder.name)

    with pytest.raises(UserError, match="git clone"):
        find_repository(tmp_path / SECTION.folder.name)


def test_without_subtree_there_is_advice(small_app, tmp_path, monkeypatch):
    real = shutil.which("git")
    fake = tmp_path / "programs" / "git"
    fake.parent.mkdir()
    fake.write_text(
        "#!/bin/sh\n"
        '[ "$1" != subtree ] || set -- no-subtree-is-not-a-git-command\n'
        f'exec {real} "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=os.pathsep)
    there = tmp_path / "remote", tmp_path / "app"

    with pytest.raises(UserError, match="git has no subtree command"):
        push(new_log(), small_app.parent, "app", *there)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "# a comment\n3.13\n",
            "-----> Using Python 3.13 specified in .python-version",
        ),
        ("python-3.13", f"{ERROR}Invalid Python version in .python-version."),
        ("3.13 # a comment", f"{ERROR}Invalid Python version in .python-version."),
        ("", f"{ERROR}No Python version found in .python-version."),
        ("3.12\n3.13", f"{ERROR}Multiple Python versions found in .python-version."),
        (None, "-----> No Python version was specified. Using the buildpack default"),
    ],
)
def test_python_version_is_read_as_the_buildpack_does(content, message, tmp_path):
    if content is not None:
        (tmp_path / ".python-version").write_text(content)
    log = new_log()

    with pytest.raises(StepFailed):  # in any case: there is no requirements.txt
        build(log, tmp_path, tmp_path / "python")

    assert any(line.startswith(message) for line in log.lines), log.lines


def test_secrets_are_masked():
    listener = Listener()
    recorder = Recorder(Rehearsal("07"), listener)
    recorder.masks["open-sesame"] = "$SECRET"

    with recorder.step("Start") as log:
        log.add("the key is open-sesame\nthe end")

    assert recorder.rehearsal.steps[0].output == "the key is $SECRET\nthe end"


def print_where_the_database_is(folder):
    """Make the release command print the URL of the database, and fail."""
    shutil.copy(SECTION.folder / "config.py", folder)
    code = "import config; print(config.SQLALCHEMY_DATABASE_URI); 1 / 0"
    (folder / "Procfile").write_text(f"release: python -c '{code}'\n")


def test_password_of_the_database_is_masked_in_any_url(
    database_server, small_app, monkeypatch
):
    monkeypatch.setenv("DATABASE_URL", database_server.url)
    section = replace(SECTION, folder=small_app)

    rehearsal = run_rehearsal(section, Listener(), change=print_where_the_database_is)

    output = rehearsal.steps[-1].output
    assert "postgresql+psycopg://…" in output
    assert urlsplit(database_server.url).password not in output


def test_unknown_breakage_is_one_sentence():
    with pytest.raises(UserError, match="The breakages are: no Procfile, "):
        rehearse("07", broken="nonsense")


def test_timeline_names_the_steps_and_labels_a_failed_one(monkeypatch):
    monkeypatch.setattr(matplotlib.pyplot, "show", lambda: None)
    steps = [Step("Build", 2.0, "built", ""), Step("Start", 61.5, "", "", "Listen.")]

    draw_timeline(Rehearsal("07", steps))

    [axes] = matplotlib.pyplot.gcf().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Build", "Start"]
    assert [label.get_text() for label in axes.texts] == [" 2.0 s", " 61.5 s, failed"]
    matplotlib.pyplot.close()


def test_own_folder_is_deployed_as_it_is_now(tmp_path):
    """It need not be in a git repository; what running it leaves is not deployed."""
    folder = tmp_path / "mine"
    (folder / "instance").mkdir(parents=True)
    (folder / "instance" / "shop.sqlite3").touch()
    (folder / "app.py").write_text("new = True", "utf-8")

    repository, prefix = take_snapshot(folder, tmp_path / "snapshot")

    log = Log({}, Listener())
    clone(log, repository, tmp_path / "clone")
    assert [p.name for p in (tmp_path / "clone" / prefix).iterdir()] == ["app.py"]
    assert count_uncommitted(repository, prefix) == 0
    assert not (folder / ".git").exists()

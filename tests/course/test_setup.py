"""Set-up: once, in any folder, after any failure; one sentence if it is impossible."""

import ast
import errno
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from classroom.sections import ROOT

NOWHERE = "http://127.0.0.1:9/simple"  # no server listens there
# What learn.py imports to show the sections. Set-up works the same for few packages as
# for all of them.
FEW = ["click", "ipython", "psutil", "requests", "requests-toolbelt", "rich"]


def learn(folder, **environment):
    """Run learn.py in a copy of the repository, and return the result."""
    return subprocess.run(
        [sys.executable, "learn.py"],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
    )


def copy_repository(folder):
    """Copy the files in git, and return the folder."""
    files = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        encoding="utf-8",
    )
    for file in files.splitlines():
        if not file.startswith("tests/") and (ROOT / file).exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, folder / file)
    return folder


def require_few(folder):
    """Make a copy of the repository require only section 03 and a few packages."""
    names = "|".join(f"{name}==" for name in FEW)
    requirements = folder / "requirements.txt"
    lines = re.findall(
        rf"(?m)^(?:-[ce] |-r section03|{names}).*\n", requirements.read_text("utf-8")
    )
    assert len(lines) == 3 + len(FEW)
    requirements.write_text("".join(lines), encoding="utf-8")
    project = folder / "pyproject.toml"
    before, after = re.split(
        r"(?s)(?<=\ndependencies = )\[.*?\]", project.read_text("utf-8")
    )
    project.write_text(before + json.dumps(FEW) + after, encoding="utf-8")


def load_learn(folder=ROOT):
    """Return learn.py as a module of its own, so that a test may change it."""
    spec = importlib.util.spec_from_file_location("learn", folder / "learn.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kill_set_up(folder):
    """Set up a copy of the repository, and kill it as soon as there is a Python."""
    with subprocess.Popen(
        [sys.executable, "learn.py"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while not list(folder.glob(".venv/bin/python")) and process.poll() is None:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def project(tmp_path_factory, needs):
    """A copy of the repository: one set-up was killed, then two were started at once.

    folder: where it is; results: of the two processes.
    """
    folder = copy_repository(tmp_path_factory.mktemp("José's 100%s;[b] $HOME"))
    require_few(folder)
    if os.name != "nt":
        kill_set_up(folder)
    with ThreadPoolExecutor(2) as terminals:
        results = list(terminals.map(learn, [folder, folder]))
    offline = any("cannot be reached" in result.stderr for result in results)
    needs(not offline, "no internet: set-up can only be tested with it")
    return SimpleNamespace(folder=folder, results=results)


def test_set_up_starts_over_after_a_kill_and_only_one_of_two_does_it(project):
    assert [result.returncode for result in project.results] == [0, 0]
    lines = "".join(result.stderr for result in project.results).splitlines()
    assert lines[0].startswith("The folder .venv is incomplete")
    assert [line[:4] for line in lines[1:]] == ["1/3 ", "2/3 ", "3/3 ", "Read"]


def test_second_run_installs_nothing(project):
    result = learn(project.folder)

    assert result.returncode == 0
    assert result.stderr == ""
    assert "│ 03" in result.stdout


def test_folder_is_found_in_any_locale(project):
    """Some have no é, and Python reads the paths of packages in their encoding."""
    result = learn(project.folder, LC_ALL="C")

    assert result.returncode == 0
    assert result.stderr == ""
    assert "│ 03" in result.stdout


def test_python_that_was_replaced_is_noticed(project):
    """An upgrade of the system's Python leaves .venv without packages."""
    module = load_learn()
    packages = next(project.folder.glob(".venv/**/click"))

    packages.rename(packages.with_name("gone"))

    assert not module.works(project.folder / module.PYTHON.relative_to(ROOT))
    packages.with_name("gone").rename(packages)
    assert module.works(project.folder / module.PYTHON.relative_to(ROOT))
    assert not module.works(project.folder / "no" / "python")


def test_changed_requirements_are_installed(project):
    with (project.folder / "section03_basics" / "requirements.txt").open("a") as file:
        file.write("colorama==0.4.6\n")

    result = learn(project.folder)

    assert "Ready" in result.stderr
    assert list(project.folder.glob(".venv/**/colorama/__init__.py"))
    assert learn(project.folder).stderr == ""


def test_without_internet_it_ends_in_one_sentence(project):
    """It needs another uv and a package, and also tries pip."""
    code = (project.folder / "learn.py").read_text(encoding="utf-8")
    older = re.sub(r'UV = "uv==.*"', 'UV = "uv==0.13.0"', code)
    (project.folder / "learn.py").write_text(older, encoding="utf-8")
    with (project.folder / "requirements.txt").open("a") as file:
        file.write("-r section04_restful/requirements.txt\n")

    result = learn(project.folder, PIP_INDEX_URL=NOWHERE, UV_DEFAULT_INDEX=NOWHERE)

    assert result.returncode == 1
    printed = result.stderr.splitlines()
    assert [line[:4] for line in printed[:3]] == ["1/3 ", "2/3 ", "3/3 "]
    assert printed[-1].startswith("The package index cannot be reached.")
    assert "Traceback" not in result.stderr


@pytest.fixture
def learned(tmp_path, monkeypatch):
    """learn.py of a copy, as a module, after a set-up which installed two packages.

    packages: where they are.
    """
    for file in ("learn.py", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / file, tmp_path / file)
    module = load_learn(tmp_path)
    module.packages = tmp_path / ".venv" / "lib" / "python3" / "site-packages"

    def pretend(*command):
        if "venv" in command:
            for name in ("click/core.py", "rich/table.py", "six.py", "classroom.pth"):
                (module.packages / name).parent.mkdir(parents=True, exist_ok=True)
                (module.packages / name).touch()
            module.PYTHON.parent.mkdir()
            module.PYTHON.touch()

    monkeypatch.setattr(module, "run", pretend)
    monkeypatch.setattr(module, "works", Path.exists)
    module.set_up()
    assert module.is_ready()
    return module


@pytest.mark.parametrize("name", ["click", "rich/table.py", "six.py", "../../../bin"])
def test_package_that_lost_a_file_is_installed_again(learned, name, capsys):
    path = learned.packages / name

    shutil.rmtree(path) if path.is_dir() else path.unlink()

    assert not learned.is_ready()
    learned.set_up()
    assert "The folder .venv is incomplete" in capsys.readouterr().err
    assert learned.is_ready()
    assert path.exists()


@pytest.mark.parametrize("state", ["", "{}", "[]", "null", "7", '{"files": 7}', "\xff"])
def test_set_up_starts_over_if_it_cannot_read_what_it_wrote(learned, state, capsys):
    learned.STATE.write_bytes(state.encode("latin-1"))

    assert not learned.is_ready()
    learned.set_up()
    assert "The folder .venv is incomplete" in capsys.readouterr().err
    assert learned.is_ready()


def test_update_that_was_interrupted_starts_over(learned, monkeypatch, capsys):
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(learned, "install", lambda: 1 / 0)
        learned.set_up()

    assert not learned.is_ready()
    learned.set_up()
    assert "The folder .venv is incomplete" in capsys.readouterr().err
    assert learned.is_ready()


def test_repository_that_was_moved_is_set_up_again(learned):
    """The programs in .venv contain the path of the folder."""
    state = json.loads(learned.STATE.read_text(encoding="utf-8"))
    learned.STATE.write_text(json.dumps({**state, "place": "/elsewhere"}))
    old = learned.packages / "old.py"
    old.touch()

    assert not learned.is_ready()
    learned.set_up()
    assert not old.exists()


def test_what_users_add_or_python_deletes_does_not_matter(learned):
    (learned.packages / "colorama").mkdir()
    (learned.packages / "click" / "__pycache__").mkdir()
    assert learned.is_ready()

    learned.set_up()  # an update, which counts again
    (learned.packages / "click" / "__pycache__").rmdir()

    assert learned.is_ready()
    assert (learned.packages / "colorama").exists()


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PermissionError(errno.EACCES, "no"), "copy it to a folder of yours"),
        (OSError(errno.EROFS, "read-only"), "copy it to a folder of yours"),
        (FileExistsError(errno.EEXIST, "there"), "delete it, and try again"),
        (OSError(errno.ENOSPC, "full"), "The disk is full"),
        (OSError(errno.EIO, "broken"), "Set-up failed: [Errno 5] broken"),
    ],
    ids=lambda value: str(value)[:9],
)
def test_folder_that_cannot_be_changed_is_one_sentence(learned, error, advice):
    def fail():
        raise error

    learned.is_complete = learned.is_ready = lambda: False
    learned.set_up = fail

    with pytest.raises(SystemExit) as exit:
        learned.main()

    assert advice in str(exit.value)
    assert "\n" not in str(exit.value)


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("Caused by: No space left on device (os error 28)", "disk is full"),
        ("NewConnectionError(': Failed to establish a new connection')", "internet"),
        ("dns error: failed to lookup address information", "internet"),
        ("operation timed out", "internet"),
        ("The virtual environment was not created as ensurepip is not", "python3-venv"),
        ("ERROR: something else", "something else (More in .venv/set-up.log.)"),
    ],
)
def test_failed_step_gives_advice(tmp_path, monkeypatch, output, advice):
    module = load_learn()
    monkeypatch.setattr(module, "LOG", tmp_path / "set-up.log")
    code = f"print({output!r}); raise SystemExit(1)"

    with pytest.raises(module.SetUpError) as error:
        module.run(sys.executable, "-c", code)

    assert advice in str(error.value)


def test_full_disk_is_reported_first(tmp_path, monkeypatch):
    module = load_learn()
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "python")
    monkeypatch.setattr(module, "is_complete", lambda: False)
    nearly_full = SimpleNamespace(free=100_000_000)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: nearly_full)

    with pytest.raises(SystemExit, match="The disk is full. Free 2 GB"):
        module.main()

    assert not (tmp_path / ".venv").exists()


def test_interrupted_set_up_ends_in_one_sentence(monkeypatch):
    module = load_learn()
    monkeypatch.setattr(module, "is_complete", lambda: False)
    monkeypatch.setattr(module, "is_ready", lambda: False)

    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "set_up", interrupt)

    with pytest.raises(SystemExit, match="Set-up was interrupted. Run this again"):
        module.main()


@pytest.mark.skipif(os.name == "nt", reason="Windows interrupts otherwise")
def test_ctrl_c_before_set_up_is_silent():
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "learn.py"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        while not process.stderr.readline().endswith("hashlib\n"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        output = process.stderr.read()

    assert process.returncode == -signal.SIGINT
    assert "Traceback" not in output
    assert "Set-up" not in output


def test_old_pythons_print_that_they_are_too_old():
    """learn.py must not contain what Python 2 cannot parse."""
    tree = ast.parse((ROOT / "learn.py").read_text(encoding="utf-8"))
    modern = (
        *(ast.AnnAssign, ast.AsyncFunctionDef, ast.JoinedStr, ast.Match),
        *(ast.NamedExpr, ast.Nonlocal, ast.YieldFrom),
    )

    for node in ast.walk(tree):
        assert not isinstance(node, modern), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert not node.returns and not arguments.kwonlyargs
            assert not any(argument.annotation for argument in arguments.args)
        if isinstance(node, ast.Raise):
            assert node.cause is None
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            assert not any(isinstance(part, ast.Starred) for part in node.elts)


def test_own_environment_is_used_if_it_is_complete():
    """The Python of these tests has every package, so it is used."""
    module = load_learn()

    assert module.is_complete()


@pytest.mark.parametrize("file", ["requirements.txt", "constraints.txt"])
def test_fingerprint_depends_on_the_requirements(tmp_path, monkeypatch, file):
    folder = copy_repository(tmp_path)
    module = load_learn(folder)
    before = module.fingerprint()

    with (folder / file).open("a") as opened:
        opened.write("\n# changed\n")

    assert json.dumps(module.fingerprint()) != json.dumps(before)

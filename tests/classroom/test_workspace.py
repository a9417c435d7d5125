"""A learner's own folder: made once, kept up to date, and never overwritten."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import nbformat
import pytest
from click.testing import CliRunner

from classroom.cli import cli
from classroom.commands.options import chosen_folder
from classroom.errors import UserError
from classroom.notebooks.execute import find_notebooks, read_notebook
from classroom.sections import ROOT, copy_section, find_section
from classroom.workspace import folder as workspace_folder
from classroom.workspace.folder import make_presentation, make_workspace, reset
from classroom.workspace.lessons import update_lesson
from classroom.workspace.plan import plan_tables

LESSONS = [path.name for path in find_notebooks([])]


@pytest.fixture
def my(tmp_path, monkeypatch):
    """The learner's folder, which does not exist yet."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path / "my"))
    return tmp_path / "my"


@pytest.fixture
def copy(my):
    """The learner's copy of lesson 03."""
    make_workspace()
    return my / "notebooks" / "03_basics.ipynb"


@pytest.fixture
def lesson(tmp_path):
    """A lesson that can be changed."""
    return Path(shutil.copy(find_notebooks(["03"])[0], tmp_path))


def change(path, source="1 + 1"):
    """Change the first cell of code of a notebook."""
    notebook = read_notebook(path)
    [cell, *_] = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cell.source = source
    nbformat.write(notebook, path)


def run_cell(path):
    """Leave a notebook as JupyterLab does after running a cell."""
    notebook = read_notebook(path)
    [cell, *_] = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cell.execution_count = 1
    nbformat.write(notebook, path)


def git(folder, *arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_workspace_has_every_lesson_without_outputs(my):
    assert make_workspace() == []

    assert sorted(path.name for path in my.glob("notebooks/*.ipynb")) == LESSONS
    for path in my.glob("notebooks/*.ipynb"):
        for cell in read_notebook(path).cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None


def test_copy_has_the_code_of_the_lesson(copy):
    lesson = read_notebook(find_notebooks(["03"])[0])

    code = [cell.source for cell in read_notebook(copy).cells if "outputs" in cell]

    assert code == [cell.source for cell in lesson.cells if "outputs" in cell]


def test_links_and_pictures_of_a_copy_exist(copy):
    for path in copy.parent.glob("*.ipynb"):
        text = "\n".join(cell.source for cell in read_notebook(path).cells)
        for target in re.findall(r"\]\(((?!http)[^)#]+)\)", text):
            assert (path.parent / target).exists(), target


def test_workspace_is_a_repository_with_a_commit(my, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))  # where git finds no name and no e-mail
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))

    make_workspace()
    monkeypatch.delenv("GIT_DIR")

    assert git(my, "log", "--format=%an: %s") == "A learner: Begin"
    assert git(my, "status", "--porcelain") == ""
    assert git(my, "branch", "--show-current") == "main"


def test_author_of_the_commit_is_the_one_that_git_knows(my, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    git(tmp_path, "config", "--global", "user.name", "Ana")
    git(tmp_path, "config", "--global", "user.email", "ana@localhost")

    make_workspace()

    assert git(my, "log", "--format=%an") == "Ana"


def test_workspace_without_git_has_the_lessons(my, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    [sentence] = make_workspace()

    assert "no git" in sentence
    assert (my / "notebooks" / LESSONS[0]).exists()


def test_workspace_again_changes_nothing(my, copy):
    change(copy)
    before = copy.read_bytes()
    (my / "README.md").write_text("Mine", "utf-8")

    assert make_workspace() == []

    assert copy.read_bytes() == before
    assert (my / "README.md").read_text("utf-8") == "Mine"


@pytest.mark.parametrize("name", ["notebooks", "README.md"])
def test_workspace_that_cannot_be_written_is_one_sentence(my, name):
    my.mkdir()
    if name == "notebooks":
        (my / name).write_text("a file where the folder should be", "utf-8")
    else:
        (my / name).mkdir()

    with pytest.raises(UserError, match=r"cannot be written: \w"):
        make_workspace()


def test_untouched_copy_is_replaced_by_a_newer_lesson(copy, lesson):
    change(lesson)

    assert update_lesson(lesson, copy.parent) == ""

    assert "1 + 1" in copy.read_text("utf-8")


@pytest.mark.parametrize("touch", [change, run_cell])
def test_touched_copy_is_kept_beside_a_newer_lesson(copy, lesson, touch):
    touch(copy)
    before = copy.read_bytes()
    change(lesson, "2 + 2")

    said = update_lesson(lesson, copy.parent)

    assert "03_basics.new.ipynb" in said
    assert copy.read_bytes() == before
    beside = copy.with_name("03_basics.new.ipynb")
    assert "2 + 2" in beside.read_text("utf-8")
    assert update_lesson(lesson, copy.parent) == ""  # it is said once


def test_touched_new_copy_is_moved_away_before_a_still_newer_one(my, copy, lesson):
    change(copy)
    change(lesson, "2 + 2")
    update_lesson(lesson, copy.parent)
    beside = copy.with_name("03_basics.new.ipynb")
    change(beside, "3 + 3")

    change(lesson, "4 + 4")
    update_lesson(lesson, copy.parent)

    assert "4 + 4" in beside.read_text("utf-8")
    [old] = my.glob("old/*/03_basics.new.ipynb")
    assert "3 + 3" in old.read_text("utf-8")


def test_file_that_is_no_notebook_is_kept(copy, lesson):
    copy.write_text("{", "utf-8")

    assert "new.ipynb" in update_lesson(lesson, copy.parent)
    assert copy.read_text("utf-8") == "{"


def test_reset_moves_a_lesson_and_a_copy_away(my, copy, capsys):
    change(copy, "3 + 3")
    copy_section("03")
    app = my / "section03_basics" / "app.py"
    app.write_text("broken", "utf-8")

    said = reset("03")

    assert len(said) == 2
    assert "3 + 3" not in copy.read_text("utf-8")
    assert app.read_text("utf-8") != "broken"
    [old] = my.glob("old/*/section03_basics/app.py")
    assert old.read_text("utf-8") == "broken"
    [old] = my.glob("old/*/03_basics.ipynb")
    assert "3 + 3" in old.read_text("utf-8")


def test_reset_of_an_untouched_lesson_moves_nothing(my, copy):
    assert reset("3") == []
    assert reset("00") == []

    assert not (my / "old").exists()
    assert not (my / "section03_basics").exists()


def test_each_reset_keeps_what_was_there(my, copy):
    for source in ("1", "2"):
        change(copy, source)
        reset("03")

    assert len(list(my.glob("old/*/03_basics.ipynb"))) == 2


def test_notes_for_instructors_are_in_the_presentation_only(my, lesson, tmp_path):
    notebook = read_notebook(lesson)
    notebook.cells[0].metadata["instructor"] = {"minutes": 7, "ask": "Why?"}
    nbformat.write(notebook, lesson)
    for name, notes in {"learner": False, "instructor": True}.items():
        (tmp_path / name).mkdir()
        update_lesson(lesson, tmp_path / name, notes)

    shown = (tmp_path / "instructor" / "03_basics.ipynb").read_text("utf-8")
    hidden = (tmp_path / "learner" / "03_basics.ipynb").read_text("utf-8")

    assert "7 minutes" in shown and "Why?" in shown
    assert "Why?" not in hidden
    nbformat.validate(json.loads(shown))


def test_presentation_does_not_depend_on_an_earlier_one(my, monkeypatch, tmp_path):
    monkeypatch.setattr(workspace_folder, "ROOT", tmp_path)
    make_presentation()
    left = tmp_path / "build" / "presentation" / "section03_basics"
    left.mkdir()

    make_presentation()

    assert not left.exists()
    assert sorted(p.name for p in left.parent.glob("notebooks/*.ipynb")) == LESSONS
    assert not my.exists()


def test_own_copy_is_chosen_by_my(my, monkeypatch):
    section = find_section("03")
    with pytest.raises(
        UserError, match=r"no copy of section 03 in my/section03_basics"
    ):
        chosen_folder(section, None, my=True)

    copy_section("03")

    assert chosen_folder(section, None, my=True) == my / "section03_basics"
    assert chosen_folder(section, None, my=False) is None
    with pytest.raises(click.UsageError, match="either --app DIR or --my"):
        chosen_folder(section, my, my=True)


@pytest.mark.parametrize("command", ["check", "diff", "rehearse", "run"])
def test_commands_take_the_own_copy(my, command):
    result = CliRunner().invoke(cli, [command, "03", "--my"])

    assert result.exit_code == 1
    assert "You have no copy of section 03" in result.output


def test_diff_shows_what_the_own_copy_changes(my):
    copy_section("03")
    app = my / "section03_basics" / "app.py"
    app.write_text(app.read_text("utf-8") + "\nmine = True\n", "utf-8")

    result = CliRunner().invoke(cli, ["diff", "03", "--my"])

    assert result.exit_code == 0
    assert "to your code in section03_basics" in result.output
    assert "app.py (+2 −0)" in result.output
    assert "+mine = True" in result.output


def test_diff_of_an_untouched_copy_is_one_sentence(my):
    copy = str(find_section("03").folder)

    result = CliRunner().invoke(cli, ["diff", "03", "--app", copy])

    assert result.output.endswith("\nNo file differs.\n")


@pytest.mark.parametrize("arguments", [["03"], ["03", "04", "--app", "my"]], ids=len)
def test_diff_needs_two_things_to_compare(arguments, my):
    copy_section("03")
    arguments = [str(my / "section03_basics") if a == "my" else a for a in arguments]

    result = CliRunner().invoke(cli, ["diff", *arguments])

    assert result.exit_code == 2
    assert "Give one of a second section, --app DIR and --my." in result.output


def test_plan_has_a_table_for_each_lesson():
    assert len(list(plan_tables())) == len(LESSONS)


def test_start_says_where_the_lessons_are(my):
    result = CliRunner().invoke(cli, ["start"])

    assert result.exit_code == 0, result.output
    assert str(my / "notebooks") in result.output
    assert sys.executable in result.output

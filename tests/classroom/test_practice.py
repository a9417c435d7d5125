"""Practice: every exercise can be done, and its commands show how."""

import json
import os
import re
import shutil
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from classroom import check_exercise, hint, show_progress, solution, start_exercise
from classroom.cli import cli
from classroom.contract.run import ContractRun, run_contract
from classroom.errors import UserError
from classroom.exercises.check import run_check
from classroom.exercises.exercise import all_exercises, find_exercise
from classroom.exercises.record import record
from classroom.exercises.workspace import is_untouched, prepare, write_solution
from classroom.notebooks.execute import read_notebook
from classroom.practice import watch
from classroom.practice.checking import check_files
from classroom.practice.progress import read_progress, record_done
from classroom.sections import all_sections
from classroom.server import NO_LIMITS, Server

pytestmark = pytest.mark.usefixtures("my")

EXERCISES = all_exercises()
# A test that finds a bug is not among them: its app has the bug. Sections 8 and 9 are
# not apps.
WITH_CONTRACT = [
    exercise
    for exercise in EXERCISES
    if not exercise.is_script
    and exercise.section.has_app
    and exercise.kind != "Write a test"
]
# The whole contract takes up to 20 seconds. Only what an exercise is likely to break is
# checked, unless the environment asks for more:
# CONTRACTS=whole python3 learn.py test tests/classroom/test_practice.py -k contract
WHOLE = os.environ.get("CONTRACTS") == "whole"
LIKELY_TO_BREAK = re.compile(
    r"test_docs\.py|test_enrollment\.py|section13/test_lists\.py|_location\b"
    r"|unsupported_method"
)

exercises = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def run(*arguments, answer=None):
    """Run a command of learn.py, and return what it prints."""
    result = CliRunner().invoke(cli, arguments, input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


@exercises
def test_exercise_is_open_at_first(exercise):
    """Its lesson shows that: test_notebooks.py runs each lesson, without solutions."""
    cells = read_notebook(exercise.section.notebook).cells
    [check] = [c for c in cells if f'check_exercise("{exercise.name}"' in c.source]

    assert "○" in check.outputs[0].data["text/plain"]


@exercises
def test_solution_does_the_exercise(exercise, request):
    if exercise.section.number in ("08", "09"):
        request.getfixturevalue("nginx")
    prepare(exercise)
    write_solution(exercise, exercise.own_folder)

    findings = check_files(exercise)

    assert findings.is_done, findings
    assert read_progress().of(exercise).done


@exercises
def test_exercise_has_three_hints_and_a_reason(exercise):
    assert len(set(exercise.hints)) == 3
    assert min(len(text) for text in [*exercise.hints, exercise.reason]) > 40
    assert exercise.task


def test_exercises_of_each_section_are_numbered():
    for section in all_sections():
        names = [e.name for e in EXERCISES if e.section == section]
        numbers = range(1, len(names) + 1)
        assert names == [f"{section.number}.{number}" for number in numbers]
        with pytest.raises(UserError):  # a check without a folder
            run_check(f"{section.number}.{len(names) + 1}")


class Contract(ContractRun):
    """A run of the contract, or of a part of it."""

    def __init__(self):
        super().__init__(on_start=lambda total: None, on_step=lambda: None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector, name):
        """Leave out the other tests here: making items of their cases takes a while."""
        likely = LIKELY_TO_BREAK.search(f"{collector.nodeid}::{name}")
        return None if WHOLE or likely else []


@pytest.mark.parametrize("exercise", WITH_CONTRACT, ids=lambda e: e.name)
def test_solution_keeps_the_contract_of_its_section(exercise, solved):
    contract = Contract()

    with Server(solved(exercise.name), settings=NO_LIMITS) as server:
        contract.server = server
        run_contract(exercise.name[:2], server.address, contract)

    assert contract.kept > 5
    assert contract.broken == contract.not_reached == []


def test_line_that_waits_and_printed_lines_are_shown(my):
    prepare(find_exercise("03.3"))
    with (my / "exercises" / "03.3" / "app.py").open("a", encoding="utf-8") as file:
        file.write(
            '\n\n@app.patch("/store/<name>/item/<item>")\n'
            "def wait(name, item):\n"
            "    print('[waiting]')\n"
            "    time.sleep(600)\n"
        )

    shown = run("practice", "03.3")

    assert re.search(r"still here:\n    app\.py, line \d+: time\.sleep\(600\)", shown)
    assert "Your code has printed:\n[waiting]\n" in shown


def test_script_that_fails_is_a_finding_with_its_line(my):
    exercise = find_exercise("03.2")
    prepare(exercise)
    for code, text in {
        "answers = {\n": r"SyntaxError: '{' was never closed \(work.py, line 1\)",
        "\n1 / 0\n": r"ZeroDivisionError: division by zero \(work.py, line 2\)",
        "answer = {}": "has no variable answers",
        "raise SystemExit(1)": "SystemExit: 1",
    }.items():
        (exercise.own_folder / "work.py").write_text(code, encoding="utf-8")
        [finding] = check_files(exercise)
        assert not finding.done
        assert re.search(text, finding.text)


def test_files_stay_as_they_are():
    exercise = find_exercise("03.4")
    assert prepare(exercise)
    assert is_untouched(exercise)
    app = exercise.own_folder / "app.py"
    app.write_text("mine\n", encoding="utf-8")

    assert not prepare(exercise)

    assert app.read_text(encoding="utf-8") == "mine\n"
    assert not is_untouched(exercise)


@pytest.mark.parametrize("part", ["start", "solution"])
@pytest.mark.parametrize("name", ["03.5", "06.4"])
def test_recorded_changes_are_those_of_the_exercise(name, part, tmp_path, monkeypatch):
    exercise = find_exercise(name)
    saved = (exercise.folder / f"{part}.diff").read_text(encoding="utf-8")
    prepare(exercise)
    if part == "solution":
        write_solution(exercise, exercise.own_folder)
    copy = tmp_path / "exercises" / name
    shutil.copytree(exercise.folder, copy)
    (copy / f"{part}.diff").write_text("", encoding="utf-8")
    monkeypatch.setattr("classroom.exercises.exercise.FOLDER", copy.parent)

    record(name, part)

    assert (copy / f"{part}.diff").read_text(encoding="utf-8") == saved


def test_unknown_exercise_is_one_sentence():
    for name in ("03.9", "3.99", "99.1", "03.", "03.4/../03.3", "99"):
        for command in ("practice", "hint", "solution"):
            printed = run(command, name)
            assert re.fullmatch(r"Error: There is no (exercise|section) .+\n", printed)


def test_practice_shows_the_task_then_checks_then_goes_on(my, replace):
    assert "03.4 Fix a bug" in run("practice", "3.4")
    assert "A user reports" in run("practice")  # nothing has changed yet

    with (my / "exercises" / "03.4" / "app.py").open("a", encoding="utf-8") as app:
        app.write("\n# a change\n")
    printed = run("practice")
    assert "○ GET of a store without items responds with 200." in printed
    assert re.search(r"request   GET /store/Shop%20\w+\n", printed)
    assert 'expected  200 OK\n            {"name": "Shop ' in printed
    assert "response  404 Not Found" in printed

    replace(my / "exercises" / "03.4" / "app.py", "if not found:", "if found is None:")
    printed = run("practice")
    assert "All done" in printed
    assert "Next: 03.5" in printed
    assert run("practice").startswith("03.5")


def test_practice_of_a_section_and_of_all_that_is_done():
    assert run("practice", "6").startswith("06.1")
    for exercise in EXERCISES:
        record_done(exercise)

    assert (
        run("practice", "06") == "Error: You have done all exercises of section 06.\n"
    )
    assert run("practice") == "Error: You have done all exercises.\n"
    assert "06.2 Predict" in run("practice", "06.2")


def test_reset_asks_first(my):
    run("practice", "03.4")
    app = my / "exercises" / "03.4" / "app.py"
    app.write_text("mine\n", encoding="utf-8")

    assert "Aborted" in run("practice", "03.4", "--reset", answer="n\n")
    assert app.read_text(encoding="utf-8") == "mine\n"
    run("practice", "03.4", "--reset", answer="y\n")

    assert is_untouched(find_exercise("03.4"))


def test_each_call_shows_one_hint_more():
    counts = [run("hint", "06.3").count("Hint ") for _ in range(4)]

    assert counts == [1, 2, 3, 3]
    assert read_progress().of(find_exercise("06.3")).hints == 3


def test_solution_asks_unless_it_is_done():
    exercise = find_exercise("03.4")
    assert "Aborted" in run("solution", "03.4", answer="n\n")
    assert not read_progress().of(exercise).solution

    assert "+    if found is None:" in run("solution", "03.4", answer="y\n")
    assert read_progress().of(exercise).solution
    record_done(exercise)

    assert "+    if found is None:" in run("solution", "03.4")


def test_progress_is_a_row_for_each_section():
    for name in ("03.1", "03.4"):
        record_done(find_exercise(name))

    printed = run("progress")

    assert re.search("Section 3: The basics +✓ ○ ○ ✓ ○\n", printed)
    assert f"2 of {len(EXERCISES)} done. Next: 03.2 Predict" in printed
    assert all(f"Section {int(e.section.number)}: " in printed for e in EXERCISES)


@pytest.mark.parametrize(
    "content",
    [
        "",
        '{"current": "03.1", "rec',
        "[]",
        "{}",
        '{"current": "", "records": {"03.1": 1}}',
        '{"current": "", "records": {"03.1": {"hints": "2"}}}',
        '{"current": "", "records": {"03.1": {"unknown": 1}}}',
    ],
)
def test_broken_progress_is_put_aside_with_a_message(my, content, capsys):
    my.mkdir()
    (my / "progress.json").write_text(content, encoding="utf-8")

    record_done(find_exercise("03.1"))

    assert "my/progress.json could not be read" in capsys.readouterr().out
    assert (my / "progress.broken.json").read_text(encoding="utf-8") == content
    assert read_progress().of(find_exercise("03.1")).done
    assert capsys.readouterr().out == ""


def test_interrupted_write_keeps_the_progress(my, monkeypatch):
    record_done(find_exercise("03.1"))

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        record_done(find_exercise("03.2"))

    saved = json.loads((my / "progress.json").read_text(encoding="utf-8"))
    assert list(saved["records"]) == ["03.1"]


def test_notebook_shows_the_task_and_hints_and_records_what_is_done(my, capsys):
    start_exercise("03.2")
    assert not (my / "exercises").exists()  # the work is in the notebook
    start_exercise("03.4")
    assert (my / "exercises" / "03.4" / "app.py").exists()
    hint("03.4")
    solution("03.4")
    answers = {}
    exec((find_exercise("03.2").folder / "solution.py").read_text("utf-8"), answers)

    check_exercise("03.2", answers["answers"])
    show_progress()

    assert read_progress().of(find_exercise("03.2")).done
    assert "○ ✓ ○ ○ ○" in capsys.readouterr().out


def test_watch_checks_what_is_saved_and_says_what_has_changed(my, replace, monkeypatch):
    run("practice", "03.4")
    app = my / "exercises" / "03.4" / "app.py"
    steps = iter(
        [
            lambda: app.write_text(app.read_text("utf-8") + "\n# 1\n", "utf-8"),
            lambda: replace(app, "if not found:", "if found is None:"),
            lambda: replace(app, "if found is None:", "if not found:"),
        ]
    )

    def next_step(seconds):
        try:
            next(steps)()
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(watch, "time", SimpleNamespace(sleep=next_step))

    printed = run("watch")

    title = "03.4 Fix a bug: a store that cannot be found: app.py"
    _, first, second, third = printed.split(title)
    assert "4 of 8 done." in first
    assert "(new)" not in first
    assert second.count("(new)") == 4
    assert "All done" in second
    assert "03.5 Write a test" in second
    assert third.count("(was done before)") == 4
    assert printed.endswith("\nStopped watching.\n")


def test_watch_ignores_new_folders_and_folders_without_an_exercise(my):
    prepare(find_exercise("03.4"))
    before = watch.take_snapshot()
    prepare(find_exercise("03.5"))
    (my / "exercises" / "03.4" / "app.py").unlink()
    (my / "exercises" / "03.4" / "new.py").write_text("", encoding="utf-8")

    changes = watch.find_changes(before, watch.take_snapshot())

    assert changes == {"03.4": ["app.py", "new.py"]}

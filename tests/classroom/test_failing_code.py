"""Code of students that fails: a check says what is wrong, where, and what to try."""

import json
import re
import textwrap

import pytest

from classroom.exercises.check import run_check
from classroom.exercises.exercise import find_exercise
from classroom.exercises.failures import find_failures
from classroom.exercises.finding import Finding, Findings, Note
from classroom.exercises.printed import MOST_LINES, read_printed
from classroom.exercises.workspace import prepare

ROUTE = '@app.patch("/store/<name>/item/<item>")'


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A function that makes the files of an exercise, and returns their folder."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))

    def make_copy(name):
        exercise = find_exercise(name)
        prepare(exercise)
        return exercise.own_folder

    return make_copy


@pytest.fixture
def check_view(copy):
    """A function that checks exercise 03.3 with a view, and returns what it shows."""

    def check(code, parameters="name, item"):
        view = f"def change_price({parameters}):\n{textwrap.indent(code, '    ')}"
        with (copy("03.3") / "app.py").open("a", encoding="utf-8") as file:
            file.write(f"\n\n{ROUTE}\n{view}\n")
        return repr(run_check("03.3"))

    return check


def change(file, old, new):
    """Replace code that is in a file once."""
    code = file.read_text(encoding="utf-8")
    assert code.count(old) == 1
    file.write_text(code.replace(old, new), encoding="utf-8")


def failures(shown):
    """Return the lines about each failure: what, where, and what to try."""
    blocks = re.findall(r"^○ Your code fails: (.+(?:\n    .+)*)", shown, re.MULTILINE)
    return [[line.strip() for line in block.splitlines()] for block in blocks]


def test_view_without_return_is_named_before_later_errors(check_view):
    shown = check_view("items = stores[name]\nitems[item] = {}")

    [[what, where, advice], [other, *_]] = failures(shown)
    assert "The function either returned None" in what
    assert re.fullmatch(r"app\.py, line \d+: def change_price\(name, item\):", where)
    assert "end it with return" in advice
    assert other == "KeyError: 'Atlantis'"


def test_view_with_other_parameters_than_its_route_is_named(check_view):
    shown = check_view("return {}", parameters="name")

    [[what, where, advice]] = failures(shown)
    assert "unexpected keyword argument 'item'" in what
    assert where.endswith(": def change_price(name):")
    assert "each variable of the route" in advice


def test_error_in_code_that_handles_another_one_matters(check_view):
    shown = check_view("try:\n    stores['x']\nexcept KeyError:\n    abort(nme)")

    [[what, where, _]] = failures(shown)
    assert what.startswith("NameError: name 'nme' is not defined")
    assert where.endswith(": abort(nme)")


def test_cause_of_an_error_matters(check_view):
    code = (
        "try:\n    stores['x']\nexcept KeyError as error:\n    raise OSError from error"
    )
    shown = check_view(code)

    [[what, where, _]] = failures(shown)
    assert what == "KeyError: 'x'"
    assert where.endswith(": stores['x']")


def test_lock_that_a_request_waits_for_is_named(check_view):
    shown = check_view("lock = threading.Lock()\nwith lock:\n    lock.acquire()")

    assert "has not responded after 2.5 s" in shown
    assert re.search(r"\n    app\.py, line \d+: lock\.acquire\(\)\n", shown)
    assert "the same lock twice" in shown


def test_line_that_repeats_without_an_end_is_named(check_view):
    shown = check_view("while True:\n    time.sleep(0.1)")

    assert re.search(r"\n    app\.py, line \d+: (time\.sleep|while True)", shown)
    assert "repeat without an end" in shown


def test_connection_without_a_response_is_one_sentence(check_view):
    shown = check_view("import os\nos._exit(1)")

    assert "○ Your code closes the connection without a response." in shown
    assert "serve()" not in shown


def test_what_the_code_prints_is_shown(check_view):
    shown = check_view('print("<item>", item)\nreturn {"price": 1 / 0}')

    _, printed = shown.split("\nYour code has printed:\n")
    names = [r"Globe \w{5}", "Pizza", "My Item", "My Item"]
    assert re.fullmatch("\n".join(f"<item> {name}" for name in names), printed)


def test_what_the_code_prints_is_escaped():
    findings = Findings([Finding(False, "<i>\n<b>")])
    findings.notes.append(Note("<u>", "<s>"))

    html = findings._repr_html_()

    assert not re.search("<(i|b|u|s)>", html.replace("<p><b>0 of 1 done.</b></p>", ""))
    assert "&lt;s&gt;" in html


def test_lazy_items_are_named_with_what_to_try(copy):
    folder = copy("06.3")
    query = "return db.session.scalar(query"
    change(
        folder / "models" / "store.py",
        f"{query}.options(selectinload(cls.items))",
        query,
    )
    view = """

@blp.route("/store/<name>/value")
class StoreValue(MethodView):
    @blp.response(200, StoreSchema)
    def get(self, name):
        return {"value": len(StoreModel.find(name).items)}
"""
    with (folder / "stores.py").open("a", encoding="utf-8") as file:
        file.write(view)

    [[what, where, advice], *_] = failures(repr(run_check("06.3")))

    assert what.endswith("'StoreModel.items' is not available due to lazy='raise'")
    assert where.startswith("stores.py, line ")
    assert "selectinload" in advice


def test_error_whose_name_does_not_end_with_error_is_named(copy):
    folder = copy("11.2")
    view = """

@blp.route("/logins")
class Logins(MethodView):
    @blp.login_required()
    @blp.response(200, None)
    def get(self):
        from db import db
        from models import LoginModel

        return db.session.scalars(db.select(LoginModel)).one()
"""
    with (folder / "logins.py").open("a", encoding="utf-8") as file:
        file.write(view)

    [[what, where, *_], *_] = failures(repr(run_check("11.2")))

    assert what.startswith("sqlalchemy.exc.MultipleResultsFound: ")
    assert where.startswith("logins.py, line ")


def test_view_of_a_class_without_return_is_a_hint(copy):
    folder = copy("11.2")
    view = '''

@blp.route("/logins")
class Logins(MethodView):
    @blp.login_required()
    @blp.response(200, None)
    def get(self):
        """Forget to return."""
'''
    with (folder / "logins.py").open("a", encoding="utf-8") as file:
        file.write(view)

    shown = repr(run_check("11.2"))

    assert "GET /logins does not respond as expected." in shown
    assert "does the view return something?" in shown


def test_error_in_a_log_in_json_is_named(copy):
    folder = copy("14.3")
    change(folder / "tokens.py", '(int(claims["sub"]))', '(int(claims["subject"]))')

    [[what, where, _]] = failures(repr(run_check("14.3")))

    assert what == "KeyError: 'subject'"
    assert where.startswith("tokens.py, line ")


def test_only_the_first_line_of_a_message_is_shown(tmp_path):
    (tmp_path / "app.py").write_text("x = 1\nsave()\n", encoding="utf-8")
    output = (
        f'Traceback (most recent call last):\n  File "{tmp_path / "app.py"}", line 2, '
        "in <module>\n    save()\nOperationalError: no such table: items\n[SQL: …]\n"
    )
    logged = json.dumps({"levelname": "ERROR", "exc_info": output})

    for printed in (output, output * 2, f"{logged}\n"):
        [failure] = find_failures(tmp_path, printed)
        what, where, advice = failure.splitlines()
        assert what == "OperationalError: no such table: items"
        assert where == "app.py, line 2: save()"
        assert "migration" in advice


def test_logs_and_tracebacks_are_not_what_the_code_prints():
    logged = [
        " * Serving Flask app 'app'",
        "\x1b[31m\x1b[1mWARNING: This is a development server.\x1b[0m",
        " * Running on http://127.0.0.1:1",
        "\x1b[33mPress CTRL+C to quit\x1b[0m",
        "[2030-01-01 00:00:00,000] ERROR in app: Exception on / [GET]",
        "Traceback (most recent call last):",
        '  File "app.py", line 1, in <module>',
        "ValueError: two",
        "lines",
        '127.0.0.1 - - [01/Jan/2030 00:00:00] "GET / HTTP/1.1" 500 -',
        '203.0.113.9 - - [01/Jan/2030 00:00:00] "GET / HTTP/1.1" 200 -',
        '{"levelname": "INFO", "message": "GET / 200"}',
        "2030-01-01 00:00:00,000 INFO sqlalchemy.engine.Engine SELECT items.id ",
        "FROM items",
        "2030-01-01 00:00:00,000 INFO sqlalchemy.engine.Engine [cached] ()",
        "2030-01-01 00:00:00,000 INFO sqlalchemy.engine.Engine COMMIT",
        "INFO  [alembic.runtime.migration] Running upgrade",
    ]

    assert read_printed("\n".join(logged)) == ""
    assert read_printed("\n".join(["one", *logged, "[2]"])) == "one\n[2]"


def test_many_printed_lines_are_cut():
    lines = read_printed("x" * 1000 + "\ny" * 100).splitlines()

    assert len(lines) == MOST_LINES + 1
    assert len(lines[0]) == 200
    assert lines[-1] == "… and 81 more lines"

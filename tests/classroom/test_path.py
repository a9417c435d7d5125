"""The path of a request: what ran, in which order, and without secrets."""

import contextlib
import json
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from classroom import bearer, follow, serve, show_path
from classroom.display.path import STYLES, Path
from classroom.errors import UserError
from classroom.sections import find_section
from classroom.server import Server, notebook_servers
from classroom.server.follow import follow_variables, read_recording

LOGIN = {"username": "ana", "password": "open-sesame"}
CHAIR = {"price": 15.99, "store_id": 1}
GET_ITEM = "/item/Chair"
# The view of section 4 and later, around the lines of the model.
FIND, *REST = ["item = ItemModel.find(name)", "if item is None:", "return item"]
SELECT = "return db.session.scalar(db.select(cls).where(cls.name == name))"
WITH_ORM = ["06", "07", "11", "14"]


@pytest.fixture(scope="module")
def start():
    """A function that serves a section with a chair, once; it returns a session."""
    sessions = {}

    def start_once(number):
        if number not in sessions:
            api = serve(number)
            if number != "03":
                # In sections 11 and 14, reading an item needs a token, too.
                token = api.post("/login", json=LOGIN).json()["access_token"]
                api.post("/store/North", headers=bearer(token))
                chair = CHAIR if number in WITH_ORM else {"price": 15.99}
                api.put(GET_ITEM, json=chair, headers=bearer(token))
                if number > "07":
                    api.headers.update(bearer(token))
            sessions[number] = api
        return sessions[number]

    yield start_once
    notebook_servers.stop_all()


@pytest.fixture
def serve_folder():
    """A function that serves a folder for one test; it returns a session."""
    with contextlib.ExitStack() as stack:
        yield lambda folder, **options: stack.enter_context(
            Server(folder, variables=follow_variables(), **options)
        ).api()


@pytest.fixture(scope="module")
def own_app(tmp_path_factory):
    """A session with an app of a learner's own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "app.py").write_text(OWN_APP, encoding="utf-8")
    with Server(folder, variables=follow_variables()) as server:
        yield server.api()


def get_path(api, url, method="GET", headers=follow, **options):
    return Path(api.request(method, url, headers=follow | headers, **options))


def lines_that_ran(path):
    """Return the lines that are numbered, in the order of their numbers."""
    found = re.findall(r"^ *(\d+) +\d+  (.*)$", repr(path), re.MULTILINE)
    assert sorted(int(number) for number, _ in found) == list(range(1, len(found) + 1))
    return [text.strip() for _, text in sorted(found, key=lambda line: int(line[0]))]


@pytest.mark.parametrize(
    ("number", "url", "lines"),
    [
        (
            "03",
            "/store/My Wonderful Store",
            [
                "return store_as_json(name, find(stores, name))",
                "found = things.get(name)",
                "if found is None:",
                "return found",
                'return {"name": name, "items": list(items.values())}',
            ],
        ),
        ("04", GET_ITEM, [FIND, "with lock:", "return items.get(name)", *REST]),
        (
            "05",
            GET_ITEM,
            [
                FIND,
                'query = "SELECT name, price FROM items WHERE name = ?"',
                "row = get_db().execute(query, (name,)).fetchone()",
                "return cls(**row) if row else None",
                *REST,
            ],
        ),
        *((number, GET_ITEM, [FIND, SELECT, *REST]) for number in WITH_ORM),
    ],
)
def test_lines_are_in_the_order_in_which_they_ran(start, number, url, lines):
    path = get_path(start(number), url)

    assert lines_that_ran(path) == lines
    assert re.search(r"→ 200 OK: returned in \w+.py, line \d+\.", repr(path))


def test_get_of_an_item_is_less_than_a_screen(start):
    lines = repr(get_path(start("06"), GET_ITEM)).splitlines()

    assert len(lines) < 35
    assert max(map(len, lines)) <= 88


def test_values_are_shown_where_they_were_made(start):
    text = repr(get_path(start("06"), GET_ITEM))

    chair = "ItemModel(id=1, name='Chair', price=15.99, store_id=1)"
    assert "items.py: Item.get(name='Chair') (the view)" in text
    assert f"ItemModel.find(name)\n              # item = {chair}\n" in text
    assert f"    return item\n              # returns {chair}\n" in text


@pytest.mark.parametrize("number", ["05", *WITH_ORM])
def test_sql_is_shown_with_its_parameters(start, number):
    text = repr(get_path(start(number), GET_ITEM))

    assert re.search(r"# SQL: SELECT (items\.id|name), [\s\S]+name = \?\n", text)
    assert "#      parameters: ('Chair',)\n" in text
    # Those of the token are in lines of functions that are folded.
    assert text.count("SQL: SELECT") == (3 if number > "07" else 1)


@pytest.mark.parametrize("number", ["05", "06"])
def test_commits_are_shown_but_not_counted(start, number):
    token = start(number).post("/login", json=LOGIN).json()["access_token"]
    price = {"price": 3.5} | ({"store_id": 1} if number == "06" else {})

    path = get_path(start(number), "/item/Lamp", "POST", bearer(token), json=price)

    assert "# SQL: INSERT INTO items" in repr(path)
    assert "# SQL: COMMIT\n" in repr(path)
    assert "The app sent 1 SQL statement." in repr(path)


def test_sql_that_failed_is_shown_with_its_error(start):
    token = start("06").post("/login", json=LOGIN).json()["access_token"]

    path = get_path(start("06"), GET_ITEM, "POST", bearer(token), json=CHAIR)

    raised = re.findall(r"# raises (\w+)", repr(path))
    assert raised == ["NameTaken", "Conflict", "IntegrityError", "NameTaken"]
    assert "IntegrityError: (sqlite3.IntegrityError) UNIQUE constraint" in repr(path)
    assert "raise NameTaken from None" in lines_that_ran(path)
    assert "raise NoSuchStore from None" not in lines_that_ran(path)


def test_times_are_shown_only_if_wanted(start):
    reply = start("06").get(GET_ITEM, headers=follow)

    assert re.search(r"#      \d+\.\d\d ms\n", repr(Path(reply, times=True)))
    assert " ms\n" not in repr(Path(reply))


@pytest.mark.parametrize("number", ["04", "05", "06", "07", "11", "14"])
def test_recording_contains_no_secret(start, number):
    """Neither the file nor what is shown has a password, a hash or a token."""
    maria = {"username": "maria", "password": "correct horse"}
    api = start(number)
    replies = [api.post("/login", json=LOGIN, headers=follow)]
    if number != "04":
        replies.append(api.post("/register", json=maria, headers=follow))
        replies.append(api.post("/login", json=maria, headers=follow))
    tokens = [reply.json().get("access_token", "none") for reply in replies]
    wanted = follow | bearer(tokens[-1])
    replies.append(api.delete("/item/Nothing", headers=wanted))

    for reply in replies:
        recording = read_recording(reply)
        recording.pop("sources")  # shown to everyone anyway
        shown = Path(reply)
        for text in json.dumps(recording), repr(shown), shown._repr_html_():
            assert "correct horse" not in text
            assert "open-sesame" not in text
            assert not re.search(r"scrypt:[\d:]+\$\w", text)
            assert not any(token in text for token in tokens)
            assert not re.search(r"eyJ\w", text)
    assert "password=••••••••" in repr(Path(replies[0]))


def test_password_of_basic_authentication_is_masked(start):
    reply = start("03").delete(
        "/store/None", auth=tuple(LOGIN.values()), headers=follow
    )

    assert reply.status_code == 404
    recording = json.dumps(read_recording(reply)["steps"])
    assert "open-sesame" not in recording


OWN_APP = """\
import sqlite3
import sys
import threading

from flask import Flask, abort, request

app = Flask(__name__)
app.config["SECRET_KEY"] = "a-key-of-this-app"
together = threading.Barrier(2, timeout=30)
memory = sqlite3.connect(":memory:", check_same_thread=False)


class Box:
    def __init__(self, content):
        self.content = content


def check(value):
    text = f"It is {value}."
    return len(text)


@app.post("/secrets")
def secrets():
    sent = [*request.cookies.values(), *request.args.values(), app.secret_key]
    sent += request.get_json().values() if request.is_json else request.form.values()
    for each in sent:
        check(each)
    return {"count": len(sent)}


@app.get("/wait/<name>")
def wait(name):
    together.wait()
    number = check(name)
    together.wait()
    return {"name": name, "number": number}


@app.get("/traced")
def traced():
    return {"traced": sys.gettrace() is not None}


@app.get("/loop/<int:count>")
def loop(count):
    total = 0
    for number in range(count):
        total += number
    return {"total": total}


@app.get("/pair")
def pair():
    box = Box([check(word) for word in ("a", "b")])
    return {"sizes": box.content}


@app.get("/words")
def words():
    word = "before"
    sizes = {
        word: len(word)
        for word in ("inside", "inside, too")
    }
    others = [number for number in sizes.values()]
    for number in others:
        word = f"after {number}"
    return {"sizes": others}


@app.get("/numbers")
def numbers():
    yielded = list(generate(3))
    return {"numbers": yielded}


def generate(count):
    for number in range(count):
        yield number


@app.get("/sql")
def sql():
    with memory:
        cursor = memory.cursor()
        cursor.execute("CREATE TABLE IF NOT EXISTS names (name TEXT)")
        cursor.executemany("INSERT INTO names VALUES (?)", [("a",), ("b",)])
    memory.execute("DELETE FROM names")
    memory.rollback()
    return {}


@app.get("/teapot")
def teapot():
    abort(418)


app.teardown_request(lambda error: memory.execute("SELECT 1 + 1"))
"""


def test_secrets_are_masked_wherever_a_function_passes_them(own_app):
    """Not only under the name of a secret: also as the argument of check()."""
    url = "/secrets?password=in-the-query"
    cookie = {"session": "in-a-cookie"}
    sent = {"password": "in-the-body", "api_token": "also-in-it", "name": "visible"}

    for body in ({"json": sent}, {"data": sent}):
        reply = own_app.post(url, headers=follow, cookies=cookie, **body)

        recording = json.dumps(read_recording(reply)["steps"])
        assert "visible" in recording
        assert not re.search("in-the-|in-a-|in-it|a-key-of", recording)
        assert "in-the-query" not in repr(Path(reply))


def test_several_requests_at_once_are_recorded_separately(own_app):
    """Each in its own thread, and only those that are followed."""
    names = ["first", "second"]

    with ThreadPoolExecutor(2) as threads:
        replies = list(
            threads.map(lambda n: own_app.get(f"/wait/{n}", headers=follow), names)
        )
        others = list(
            threads.map(
                lambda n: own_app.get(
                    f"/wait/{n}", headers=follow if n == "first" else {}
                ),
                names,
            )
        )

    for name, other, reply in zip(names, reversed(names), replies, strict=True):
        text = repr(Path(reply))
        assert f"'{name}'" in text and f"'{other}'" not in text
        assert len(read_recording(reply)["calls"]) == 2
    assert repr(Path(others[0])) == repr(Path(replies[0]))
    assert "X-Classroom-Path" not in others[1].headers


def test_only_requests_that_are_followed_are_traced(own_app):
    assert own_app.get("/traced", headers=follow).json() == {"traced": True}
    assert own_app.get("/traced").json() == {"traced": False}
    wrong = {name: "a guess" for name in follow}
    assert own_app.get("/traced", headers=wrong).json() == {"traced": False}


def test_loop_shows_how_often_and_which_values(own_app):
    path = get_path(own_app, "/loop/4")

    assert "# number = 0, then 1, then 2, … 4 values in all" in repr(path)
    assert "# ran 4 times" in repr(path)


def test_very_long_path_is_cut(own_app):
    text = repr(get_path(own_app, "/loop/100000"))

    assert "→ 200 OK: only the first 5000 steps are shown." in text
    assert len(text.splitlines()) < 30


def test_calls_that_ran_the_same_lines_are_shown_once(own_app):
    text = repr(get_path(own_app, "/pair"))

    assert text.count("app.py: check(value='a') (1 more call like this)") == 1
    assert "check(value='b')" not in text
    assert "# box = Box(content=[8, 8])" in text
    assert "times" not in text  # of the comprehension


def test_variables_of_comprehensions_are_not_shown_as_those_of_the_function(own_app):
    text = repr(get_path(own_app, "/words"))

    assert "# word = 'inside" not in text
    assert "# number = 6, then 11" in text
    assert "# word = 'after 6', then 'after 11'" in text
    assert text.count("# number = ") == 1


def test_generator_is_one_call(own_app):
    path = get_path(own_app, "/numbers")

    assert repr(path).count("generate(count=3)\n") == 1
    assert "# yielded = [0, 1, 2]" in repr(path)


def test_sql_of_sqlite3_is_shown_however_it_is_sent(own_app):
    text = repr(get_path(own_app, "/sql"))

    assert "CREATE TABLE IF NOT EXISTS names (name TEXT)\n" in text
    assert "parameters: [('a',), ('b',)]\n" in text
    assert text.index("SQL: COMMIT") < text.index("DELETE FROM")
    assert text.index("DELETE FROM") < text.index("SQL: ROLLBACK")
    assert "outside the functions of this app:\n# SQL: SELECT 1 + 1" in text
    assert "The app sent 4 SQL statements." in text


ENDS = [
    ("03", "GET", "/store/None", "404 Not Found: abort() in app.py, line"),
    ("03", "GET", "/nowhere", "404 Not Found: Flask found no route for this URL"),
    ("03", "PATCH", "/store", "405 Method Not Allowed: Flask found no route for"),
    ("03", "DELETE", "/store/None", "401 Unauthorized: abort() in app.py, line"),
    ("06", "GET", "/item/None", "404 Not Found: abort() in items.py, line"),
    ("06", "POST", "/register", "415 Unsupported Media Type: UnsupportedMediaType"),
    ("06", "DELETE", GET_ITEM, "401 Unauthorized: returned in tokens.py, line"),
    ("06", "GET", "/docs", "200 OK: from Flask or a library, not from a"),
    ("11", "POST", "/refresh", "401 Unauthorized: returned in tokens.py, line"),
]


@pytest.mark.parametrize(("number", "method", "url", "end"), ENDS)
def test_end_says_where_the_response_was_made(start, number, method, url, end):
    text = repr(get_path(start(number), url, method))

    assert f"→ {end}" in text


def test_line_of_an_abort_is_marked(start):
    path = get_path(start("06"), "/item/None")

    [line] = [line for line in lines_that_ran(path) if line.startswith("abort(404")]
    assert line == lines_that_ran(path)[-1]
    number = re.search(r"(\d+)  +abort\(404", repr(path))[1]
    assert f"abort() in items.py, line {number};" in repr(path)
    assert "return item" not in lines_that_ran(path)


def test_error_in_a_copy_is_a_500_with_its_line(tmp_path, serve_folder):
    copy = tmp_path / "section06_sqlalchemy"
    shutil.copytree(find_section("06").folder, copy)
    items = copy / "items.py"
    code = items.read_text("utf-8").replace("return item\n", 'return item["name"]\n', 1)
    items.write_text(code, "utf-8")
    line = 1 + code[: code.index('item["name"]')].count("\n")

    api = serve_folder(copy)
    token = api.post("/login", json=LOGIN).json()["access_token"]
    api.post("/store/North", headers=bearer(token))
    api.put(GET_ITEM, json=CHAIR, headers=bearer(token))
    text = repr(get_path(api, GET_ITEM))

    assert "# raises TypeError: 'ItemModel' object is not subscriptable" in text
    end = " ".join(text.rpartition("→ ")[2].split())
    assert end.startswith("500 Internal Server Error: TypeError: 'ItemModel' object")
    assert f"in items.py, line {line}" in end


def test_workers_can_be_followed(needs, serve_folder):
    needs(sys.platform != "win32", "gunicorn does not run on Windows")
    api = serve_folder(find_section("04").folder, workers=2)

    paths = [repr(get_path(api, "/items")) for _ in range(4)]

    assert len(set(paths)) == 1
    assert "Items.get() (the view)" in paths[0]


def test_path_is_the_same_in_each_run(tmp_path):
    """So that the outputs of notebooks can be compared."""
    shown = []
    for _ in range(2):
        with Server(find_section("14").folder, variables=follow_variables()) as server:
            api = server.api()
            reply = api.post("/login", json=LOGIN, headers=follow)
            tokens = reply.json()
            again = api.post(
                "/refresh", headers=follow | bearer(tokens["refresh_token"])
            )
            shown.append([Path(reply)._repr_html_(), repr(Path(again))])

    assert shown[0] == shown[1]
    assert "LoginModel.rotate(" in shown[0][1]
    assert not re.search(r"127\.0\.0\.1:\d|/tmp/|classroom-", str(shown))


@pytest.mark.parametrize(
    "options",
    [{"data": "{"}, {"data": b"x" * 2_000_000}, {"data": iter([b"{", b"}"])}, {}],
    ids=["broken", "too large", "chunked", "empty"],
)
def test_followed_request_gets_the_same_response(start, options):
    header = {"Content-Type": "application/json"}
    chunks = options.get("data")
    again = {"data": iter([b"{", b"}"])} if hasattr(chunks, "__next__") else options
    plain = start("06").post("/register", headers=header, **options)

    followed = start("06").post("/register", headers=header | follow, **again)

    assert followed.status_code == plain.status_code
    assert followed.content == plain.content


def test_html_folds_what_is_not_a_view_or_a_model(start):
    html = get_path(start("06"), GET_ITEM)._repr_html_()

    titles = re.findall(r"<details( open)? [^>]*><summary><code>(\S+: \S+)\(", html)
    assert titles == [
        ("", "tokens.py: normalize_authorization"),
        ("", "schemas.py: strip"),
        (" open", "items.py: Item.get"),
        (" open", "models/item.py: ItemModel.find"),
    ]
    assert "  •   42  " in html  # lines of a folded function that ran
    assert "item = ItemModel(id=1, name=&#x27;Chair&#x27;" in html


def test_html_shows_values_as_text(own_app):
    html = get_path(own_app, "/traced?<script>")._repr_html_()

    assert "<script>" not in html


# Text and background of JupyterLab and of VS Code: of their light and dark themes.
PAGES = [(33, 255), (224, 17), (59, 255), (204, 31)]


def contrast(one, other):
    """Return the contrast of two colours, as WCAG 2 defines it."""
    lights = []
    for colour in (one, other):
        parts = [part / 255 for part in colour]
        linear = [
            p / 12.92 if p <= 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize(("text", "page"), PAGES)
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_contrast_is_enough_on_light_and_dark_pages(style, text, page):
    opacity = float((re.search(r"opacity:(\S+)", style) or ["", 1])[1])
    colour = re.search(r"rgba\((\d+), (\d+), (\d+), (\S+)\)", style)
    *tint, alpha = map(float, colour.groups()) if colour else (0, 0, 0, 0)
    background = [alpha * part + (1 - alpha) * page for part in tint]
    front = [opacity * text + (1 - opacity) * part for part in background]

    assert contrast(front, background) >= 4.5


def test_request_that_was_not_followed_says_how(start):
    with pytest.raises(UserError, match="send it with headers=follow"):
        show_path(start("06").get("/items"))


def test_server_that_cannot_follow_says_so():
    with Server(find_section("03").folder) as server:
        reply = server.api().get("/store", headers=follow)

    with pytest.raises(UserError, match="This server does not follow requests"):
        show_path(reply)


def test_other_values_than_responses_are_a_user_error():
    with pytest.raises(UserError, match="takes a response"):
        show_path({"name": "Chair"})


def test_file_that_has_changed_since_the_start_is_a_user_error(tmp_path, serve_folder):
    app = tmp_path / "app.py"
    app.write_text(OWN_APP, "utf-8")
    api = serve_folder(tmp_path)
    app.write_text(f"\n{OWN_APP}", "utf-8")

    with pytest.raises(UserError, match=r"app\.py has changed since the server was"):
        show_path(api.get("/traced", headers=follow))


def test_show_path_displays_text(start, capsys):
    show_path(start("03").get("/store", headers=follow))

    assert "app.py: list_stores() (the view)\n" in capsys.readouterr().out

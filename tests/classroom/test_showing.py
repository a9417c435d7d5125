"""What notebooks show: exchanges, tokens, code, changes, rows, SQL and logs."""

import ast
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from html import escape

import pytest
import requests
from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token

from classroom import serve
from classroom.display.diff import (
    compare,
    read_files,
    show_changes,
)
from classroom.display.exchange import Exchange, StatusTable, show, write_json
from classroom.display.flask_commands import show_flask
from classroom.display.jwt import Token
from classroom.display.log import show_log
from classroom.display.masks import HIDDEN, STABLE_OUTPUTS
from classroom.display.source import find_definition, show_source
from classroom.display.sql import (
    format_statements,
    new_statements,
    read_statements,
)
from classroom.display.tables import Rows
from classroom.errors import ServerStartError, UserError
from classroom.sections import CONTRACT, find_section
from classroom.server import notebook_servers
from classroom.server.client import Api, ServerGone
from classroom.server.notebook_servers import restart, running_server


@pytest.fixture(scope="module", autouse=True)
def stop_all():
    """Stop what serve() started in these tests."""
    yield
    notebook_servers.stop_all()


@pytest.fixture
def stable(monkeypatch):
    """Make outputs the same in each run, as where notebooks are run to be saved."""
    monkeypatch.setenv(STABLE_OUTPUTS, "1")


@pytest.fixture(scope="module")
def shop_05():
    """A session with section 05, which these tests share."""
    return serve("05")


@pytest.fixture
def echoing_06():
    """A session with section 06, which logs its SQL; all so far has been shown."""
    try:
        api = running_server("06").api()  # that of another test
    except UserError:
        api = serve("06", SQLALCHEMY_ECHO=True)
    new_statements("06")
    return api


@pytest.fixture(scope="module")
def shop_14():
    """A session with section 14, which these tests share."""
    return serve("14")


def exchange(*arguments, **named):
    """Return an exchange as requests would make it: see make_response()."""
    return Exchange(make_response(*arguments, **named))


def make_response(
    status=200, body=b"", headers=None, method="POST", sent=None, path="/x"
):
    """Return a response as requests would make it."""
    request = requests.Request(method, f"http://127.0.0.1:1{path}", **(sent or {}))
    response = requests.Response()
    response.request = request.prepare()
    response.status_code = status
    response._content = body
    response.headers.update(headers or {})
    return response


def test_exchange_shows_request_status_and_response():
    shown = exchange(
        201,
        b'{"name": "Chair"}',
        {"Location": "/item/Chair", "Server": "Werkzeug"},
        sent={"json": {"price": 1}},
        path="/item/Chair?x=1",
    )

    text = repr(shown)

    assert text.startswith("POST /item/Chair?x=1\nContent-Type: application/json\n")
    assert '{"price": 1}' in text
    assert "201 Created" in text
    assert "Location: /item/Chair" in text
    assert "Werkzeug" not in text


def test_exchange_hides_passwords_and_tokens(stable):
    shown = exchange(
        200,
        json.dumps(
            {"access_token": "aaa.bbb.ccc", "refresh_token": "ddd.eee"}
        ).encode(),
        sent={
            "json": {"username": "ana", "password": "open-sesame", "new": "hunter22"},
            "headers": {"Authorization": "Bearer zzz.yyy.xxx"},
        },
    )

    for text in (repr(shown), shown._repr_html_()):
        assert "ana" in text
        assert "aaa." in text
        for secret in ("open-sesame", "hunter22", "bbb", "ccc", "eee", "zzz", "yyy"):
            assert secret not in text


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"Authorization": "hunter22.without.Bearer"}},
        {"json": {"password": 22022}},
        {"json": {"users": [{"password": "hunter22"}]}},
        {"json": {"access_token": "hunter22"}},
        {"data": '{"username": "ana", "password": "hunter22",}'},
        {"data": {"username": "ana", "password": "hunter22"}},
    ],
    ids=str,
)
def test_exchange_hides_secrets_in_any_kind_of_body(sent):
    for text in (repr(exchange(sent=sent)), exchange(sent=sent)._repr_html_()):
        assert "hunter22" not in text
        assert "22022" not in text


def test_exchange_shows_the_format_of_a_uuid_if_outputs_are_stable(monkeypatch):
    path = "/stocktake/44f1855a-3fd6-4022-be80-4079976e3278"
    assert repr(exchange(202, headers={"Location": path}, path=path)).count(path) == 2

    monkeypatch.setenv(STABLE_OUTPUTS, "1")
    text = repr(exchange(202, headers={"Location": path}, path=path))

    assert text.count("/stocktake/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\n") == 2
    assert "44f1855a" not in text


def test_exchange_shows_cors_headers_without_the_port_of_an_origin(stable):
    origin = "http://127.0.0.1:45678"
    allow = {"Access-Control-Allow-Origin": origin, "Access-Control-Max-Age": "600"}
    sent = {"headers": {"Origin": origin, "Access-Control-Request-Method": "PUT"}}

    shown = repr(exchange(200, headers=allow, method="OPTIONS", sent=sent))

    assert "\nOrigin: http://127.0.0.1:(a port)\n" in shown
    assert "\nAccess-Control-Request-Method: PUT\n" in shown
    assert "\nAccess-Control-Allow-Origin: http://127.0.0.1:(a port)\n" in shown
    assert "\nAccess-Control-Max-Age: 600" in shown


def test_exchange_shows_errors_about_passwords():
    errors = {"password": ["Shorter than 8."], "new": ["Missing data."]}
    sent = {"json": {"password": "hunter22", "new": None}}

    text = repr(exchange(422, json.dumps({"errors": errors}).encode(), sent=sent))

    assert "Shorter than 8." in text
    assert "Missing data." in text
    assert "hunter22" not in text


def test_exchange_shows_the_end_of_tokens(token):
    headers = {"Authorization": f"Bearer {token}"}
    body = json.dumps({"access_token": token}).encode()

    text = repr(exchange(200, body, sent={"headers": headers}))

    header, payload, signature = token.split(".")
    assert text.count(f"{header}.…{signature[-6:]}") == 2
    assert payload not in text
    assert signature not in text


def test_exchange_says_how_many_headers_are_left_out(capsys):
    headers = {"Content-Type": "text/plain", "Server": "Werkzeug", "Date": "today"}
    sent = {"headers": {"Accept": "*/*"}, "auth": ("ana", "open-sesame")}
    reply = make_response(200, b"x", headers, sent=sent)
    more = '4 more headers: show(reply, headers="all")'

    show(reply)
    assert f"\n({more})\n" in capsys.readouterr().out
    assert escape(more) in Exchange(reply)._repr_html_()

    show(reply, headers="all")
    text = capsys.readouterr().out
    assert "more header" not in text
    for line in ("Accept: */*", "Content-Length: 0", "Server: Werkzeug", "Date: today"):
        assert line in text
    assert f"Authorization: Basic {HIDDEN}" in text


def test_all_headers_still_hide_the_password_of_a_lower_case_header():
    sent = {"headers": {"authorization": "Basic YW5hOm9wZW4tc2VzYW1l"}}

    shown = Exchange(make_response(sent=sent), all_headers=True)

    assert "YW5h" not in repr(shown)


def test_other_headers_than_all_are_a_user_error():
    with pytest.raises(UserError, match='headers is "all"'):
        show(make_response(), headers="Date")


def test_only_responses_can_be_shown():
    for thing in ({"name": "Chair"}, requests.get, None):
        with pytest.raises(UserError, match="show\\(\\) takes a response"):
            show(thing)


def test_server_that_is_gone_is_one_sentence_in_a_notebook():
    with pytest.raises(ServerGone) as error, Api("http://127.0.0.1:9") as api:
        api.get("/")

    [line] = error.value._render_traceback_()
    assert line.endswith(
        "Then run the cell with serve() again, and the cells below it."
    )


def test_server_that_ends_in_the_middle_of_a_response_is_gone():
    def respond_half(server):
        connection, _ = server.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        pool.submit(respond_half, server)
        with Api(f"http://127.0.0.1:{server.getsockname()[1]}") as api:
            with pytest.raises(ServerGone):
                api.get("/")


def test_exchange_shows_html_as_text():
    shown = exchange(404, b"<script>alert(1)</script>")._repr_html_()

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'{"name": "\\ud800"}', b"[" * 5000, b"x" * 10**6]
)
def test_exchange_can_show_any_body(body):
    shown = exchange(299, body, sent={"data": body})

    assert "299" in repr(shown)
    assert len(shown._repr_html_().encode()) < 20_000


def test_long_bodies_are_cut():
    text = repr(exchange(200, json.dumps(list(range(1000))).encode()))

    assert "more lines" in text
    assert len(text.splitlines()) < 50


def test_json_is_shown_in_few_lines():
    short = {"name": "Chair", "price": 15.99}

    assert write_json(short) == '{"name": "Chair", "price": 15.99}'
    assert write_json([short] * 3).splitlines()[1] == f"  {write_json(short)},"


def test_status_table_names_the_first_request_of_each_status():
    responses = []
    for path, status in [("/a", 404), ("/b", 200), ("/c", 404)]:
        response = requests.Response()
        response.request = requests.Request(
            "GET", f"http://127.0.0.1:1{path}"
        ).prepare()
        response.status_code = status
        responses.append(response)

    table = StatusTable(responses)

    assert table.rows == {404: "GET /a", 200: "GET /b"}
    assert repr(table).index("200 OK") < repr(table).index("404 Not Found")


@pytest.fixture
def token():
    """A token as section 04 makes it."""
    app = Flask(__name__)
    app.config["JWT_SECRET_KEY"] = "for development only, and 32 bytes long"
    JWTManager(app)
    with app.app_context():
        return create_access_token("ana", additional_claims={"note": "<b>"})


def test_token_shows_its_parts_and_readable_times(token):
    text = repr(Token(token))

    assert '"alg": "HS256"' in text
    assert '"ana"' in text
    assert "iat + 15 minutes" in text


def test_token_shows_nothing_that_could_be_used(token):
    shown = Token(token)

    for text in (repr(shown), shown._repr_html_()):
        assert shown.signature not in text
        assert f"…{shown.signature[-6:]}" in text
        assert shown.payload["jti"] in text
    assert "&lt;b&gt;" in shown._repr_html_()


def test_token_shows_nothing_that_varies_if_outputs_are_stable(token, stable):
    shown = Token(token)

    for text in (repr(shown), shown._repr_html_()):
        assert shown.signature[-6:] not in text
        assert shown.payload["jti"] not in text
        assert str(shown.payload["iat"]) not in text
        assert "(a time)" in text


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "e30.W10.x", None, 7, "é.é.é"])
def test_other_strings_than_tokens_are_a_user_error(text):
    with pytest.raises(UserError, match="not a token"):
        Token(text)


def test_changes_between_sections():
    changes = compare(find_section("05"), find_section("06"))

    assert "stores.py" in changes.new
    assert "schema.sql" in changes.gone
    assert "db.py" in changes.changed
    assert "tokens.py" not in changes.changed  # the same in both
    assert "+from stores import blp as stores" in changes.changed["app.py"]
    assert any("GET /stores" in promise for promise in changes.added)
    assert changes.ended == []


def test_changes_list_promises_that_end():
    changes = compare(find_section("03"), find_section("04"))

    assert any("GET /store " in promise for promise in changes.ended)
    assert any("/login" in promise for promise in changes.added)


def test_listed_promises_are_tests():
    tests = {
        ast.get_docstring(node)
        for path in CONTRACT.glob("test_*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }

    changes = compare(find_section("03"), find_section("06"))

    assert set(changes.added) | set(changes.ended) <= tests


@pytest.mark.parametrize("pair", [("06", "05"), ("06", "06")])
def test_changes_go_from_an_earlier_to_a_later_section(pair):
    with pytest.raises(UserError, match="earlier section first"):
        show_changes(*pair)


def test_leftovers_in_a_folder_are_not_compared(tmp_path):
    folder = tmp_path / "section"
    for name in ("app.py", ".venv/bin/flask", "instance/shop.sqlite3", ".DS_Store"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\xff\x00" if name != "app.py" else b"x = 1\n")

    assert read_files(folder) == {"app.py": "x = 1\n"}


def test_changes_of_an_unchanged_file_are_a_user_error():
    with pytest.raises(UserError, match="'tokens.py'"):
        show_changes("05", "06", "tokens.py")


@pytest.fixture
def own_folder(tmp_path):
    """A folder of a student's own, with an app, a test and a database."""
    (tmp_path / "app.py").write_text('"""Mine."""\n', "utf-8")
    (tmp_path / "test_app.py").write_text("def test_nothing(): ...\n", "utf-8")
    (tmp_path / "shop.db").write_bytes(b"\xff\x00")
    return str(tmp_path)


def test_changes_from_a_folder_of_your_own_say_what_the_section_adds(
    own_folder, capsys
):
    show_changes(own_folder, "04")

    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert rows[1][0] == "app.py"
    assert re.fullmatch(r"\+\d\d −1", rows[1][1])
    assert rows[1][2].startswith("Section 4: ")
    assert ["docs.py", "only in the section"] in [row[:2] for row in rows]
    assert ["requirements.txt", "only in the section", ""] in rows
    assert ["shop.db", "only in yours", ""] in rows
    assert ["test_app.py", "only in yours", ""] in rows


def test_changed_lines_from_a_folder_of_your_own(own_folder, capsys):
    show_changes(own_folder, "04", "app.py")

    assert '−"""Mine."""' in capsys.readouterr().out


def test_changes_from_a_folder_that_does_not_exist_are_a_user_error():
    with pytest.raises(UserError, match="There is no folder"):
        show_changes("my/nothing", "04")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("03", "nothing.py"), "has no file 'nothing.py'"),
        (("03", "app.py", "nothing"), "does not define 'nothing'"),
        (("04", "items.py", "Item.nothing"), "does not define 'Item.nothing'"),
        (("99", "app.py"), "There is no section"),
        (("05", "schema.sql", "items"), "string of its own"),
        (("04", "items.py", ["Item"]), "string of its own"),
    ],
)
def test_missing_source_is_a_user_error(arguments, message):
    with pytest.raises(UserError, match=message):
        show_source(*arguments)


@pytest.mark.parametrize(
    ("name", "lines"), [("one", (1, 1)), ("other", (1, 1)), ("third", (2, 3))]
)
def test_source_of_a_variable_is_its_assignment(name, lines):
    tree = ast.parse("one = other = 1\nthird: list = [\n]\n")

    assert find_definition(tree, name) == lines


def test_rows_hide_the_hash_of_a_password(shop_05):
    text = repr(Rows("05", "SELECT username, password_hash FROM users"))

    assert "ana | scrypt:128:1:1$•" in text
    glued = repr(Rows("05", "SELECT username || ':' || password_hash FROM users"))
    assert "ana:scrypt:128:1:1$•" in glued
    assert glued.endswith("•")


@pytest.mark.parametrize("sql", ["nonsense", "SELECT nothing", "DELETE FROM items", ""])
def test_rows_of_a_bad_query_are_a_user_error(shop_05, sql):
    with pytest.raises(UserError, match="SQLite says"):
        Rows("05", sql)


def test_statements_since_the_last_call(echoing_06):
    assert new_statements("06") == []

    echoing_06.get("/item/Chair")

    [statement] = new_statements("06")
    assert statement.startswith("SELECT items.id")
    assert statement.endswith("-- parameters: ('Chair',)")
    assert new_statements("06") == []


def test_statements_are_counted_from_zero_after_a_restart(echoing_06):
    echoing_06.get("/items")
    assert len(new_statements("06")) == 2

    api = restart("06")
    api.get("/item/Chair")

    assert len(new_statements("06")) == 1
    serve("06", SQLALCHEMY_ECHO=True).get("/stores")
    assert len(new_statements("06")) == 2


def test_statements_hide_the_hash_of_a_password(echoing_06):
    maria = {"username": "maria", "password": "a long password"}
    echoing_06.post("/register", json=maria)

    shown = repr(format_statements(new_statements("06")))

    assert "maria" in shown
    assert not re.search(r"scrypt:[\d:]+\$\w", shown)


def test_statements_that_are_not_logged_are_a_user_error(shop_14):
    with pytest.raises(UserError, match="SQLALCHEMY_ECHO=True"):
        new_statements("14")


@pytest.mark.parametrize(
    "line",
    ['127.0.0.1 - - [x] "GET / HTTP/1.1" 200 -', '{"message": "GET / 200"}'],
)
def test_statements_are_found_among_other_lines(line):
    start = "2026-01-01 00:00:00,000 INFO sqlalchemy.engine.Engine "
    output = (
        f" * Running on http://127.0.0.1:1\n{start}BEGIN (implicit)\n"
        f"{start}SELECT 1 \nFROM x\n{start}[generated in 0.1s] ('a\nb',)\n"
        f"{start}COMMIT\n{line}\n"
    )

    assert read_statements(output) == [
        "SELECT 1\nFROM x\n-- parameters: ('a\nb',)",
        "COMMIT",
    ]


def test_log_since_the_last_call_masks_what_varies(shop_14, capsys, stable):
    shop_14.get("/health")
    show_log("14")
    capsys.readouterr()
    shop_14.get("/ready", headers={"X-Request-ID": "set-by-the-test-suite-1"})
    shop_14.get("/nowhere")

    show_log("14")

    assert capsys.readouterr().out.splitlines() == [
        "levelname | message | milliseconds | client | request_id",
        "INFO | GET /ready 200 | … | 127.0.0.1 | set-by-the-test-suite-1",
        "INFO | GET /nowhere 404 | … | 127.0.0.1 | (a new UUID)",
    ]


def test_log_shows_times_and_ids_as_they_are(shop_14, capsys):
    reply = shop_14.get("/nowhere")

    show_log("14")

    line = capsys.readouterr().out.splitlines()[-1]
    request_id = reply.headers["X-Request-ID"]
    pattern = rf"INFO \| GET /nowhere 404 \| [\d.]+ \| 127\.0\.0\.1 \| {request_id}"
    assert re.fullmatch(pattern, line)


def test_command_has_the_database_of_the_server(shop_14, capsys):
    show_flask("14", "db downgrade")

    [typed, log] = capsys.readouterr().out.splitlines()
    assert typed == "$ flask db downgrade"
    assert log.startswith("Running downgrade 0005 -> 0004, Logins")
    ana = {"username": "ana", "password": "open-sesame"}
    assert shop_14.post("/login", json=ana).status_code == 503
    show_flask("14", "db upgrade")
    assert shop_14.post("/login", json=ana).status_code == 200


def test_unknown_command_is_a_server_start_error(shop_14):
    with pytest.raises(ServerStartError, match="No such command 'upgrade'"):
        show_flask("14", "upgrade")

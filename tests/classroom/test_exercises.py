"""Exercises: a check names what is missing, and sees through wrong solutions."""

import re

import pytest
from urllib3.exceptions import InsecureRequestWarning

from classroom import serve, serve_https
from classroom.errors import UserError
from classroom.exercises.check import run_check
from classroom.exercises.common import log_in
from classroom.exercises.exercise import find_exercise
from classroom.exercises.section03 import REQUESTS
from classroom.exercises.workspace import prepare
from classroom.https import in_notebook
from classroom.sections import copy_section, find_section, own_copy
from classroom.server import notebook_servers

pytestmark = pytest.mark.usefixtures("my")


@pytest.fixture(autouse=True)
def stopped():
    """Stop the servers that a test has started as a notebook does."""
    yield
    in_notebook.stop_all()
    notebook_servers.stop_all()


@pytest.fixture
def mine():
    """The folder of a student's files of exercise 03.3."""
    exercise = find_exercise("03.3")
    prepare(exercise)
    return exercise.own_folder


def add_patch(folder, code):
    """Write a route for PATCH that only runs a line of code."""
    route = '@app.patch("/store/<name>/item/<item>")\ndef change_price(name, item):'
    with (folder / "app.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\n{route}\n    {code}\n")


def marks(findings):
    """Return the findings as they are shown: a tick for each that is done."""
    return "".join("✓" if finding.done else "○" for finding in findings)


def run_solution(name):
    """Return the variables of the solution of an exercise that is a script."""
    variables = {}
    exec((find_exercise(name).folder / "solution.py").read_text("utf-8"), variables)
    return variables


def test_unknown_exercise_is_a_user_error():
    for name in ("03.9", "99.1", "", "03"):
        with pytest.raises(UserError, match="no exercise"):
            run_check(name)


def test_check_without_its_arguments_is_a_user_error():
    with pytest.raises(UserError, match=r'check_exercise\("04.1", api\)'):
        run_check("04.1")


def test_copy_section_leaves_a_copy_as_it_is(capsys):
    copy_section("03")
    mine = own_copy(find_section("03"))
    (mine / "app.py").write_text("mine\n")

    copy_section("03")

    assert (mine / "app.py").read_text() == "mine\n"
    assert "as it is" in capsys.readouterr().out


def test_03_1_half_done():
    api = serve("03")
    assert marks(run_check("03.1", api)) == "○○○○"
    api.post("/store", json={"name": "Corner Shop"})
    api.post("/store/Corner Shop/item", json={"name": "Pen", "price": 1.3})
    api.post("/store/Corner Shop/item", json={"name": "Ink", "price": 4.5})

    findings = run_check("03.1", api)

    assert marks(findings) == "✓○✓○"
    assert "2 of 4 done" in repr(findings)


def test_03_1_with_a_server_that_is_gone():
    api = serve("03")
    notebook_servers.stop_all()

    findings = run_check("03.1", api)

    assert marks(findings) == "○"
    assert "run the cell with serve() again" in findings[0].text


def test_03_2_half_done():
    answers = dict.fromkeys(REQUESTS)
    assert marks(run_check("03.2", answers)) == "○○○○○○"

    answers["DELETE the list of stores"] = 405
    answers["POST a store without a name"] = 500

    findings = run_check("03.2", answers)
    assert marks(findings) == "○○○○○✓"
    assert "not 500" in repr(findings)


@pytest.mark.parametrize("work", [[], None, {"GET": "404"}, "text"], ids=repr)
def test_answers_of_a_wrong_type_are_a_finding(work):
    assert "✓" not in marks(run_check("03.2", work))


def test_answer_in_quotes_differs_from_the_number():
    findings = run_check("03.2", {"GET a store that does not exist": "404"})

    assert findings[0].text.endswith("not '404'")


def test_03_3_without_a_copy():
    findings = run_check("03.3")

    assert marks(findings) == "○"
    assert "start_exercise" in findings[0].text


def test_03_3_with_a_syntax_error(mine):
    with (mine / "app.py").open("a", encoding="utf-8") as code:
        code.write("\nretrun items\n")

    findings = run_check("03.3")

    assert "SyntaxError" in findings[-1].text
    assert "app.py, line" in findings[-1].text


@pytest.mark.parametrize(
    "code",
    ['return "an item"', "return []", "return 1 / 0", "time.sleep(600)"],
)
def test_03_3_with_a_route_that_fails(mine, code):
    add_patch(mine, code)

    assert marks(run_check("03.3")).startswith("✓○")


def test_other_response_is_shown(mine):
    add_patch(mine, 'return {"name": "My Item", "price": 1599}')

    shown = repr(run_check("03.3"))

    assert "The response is 200, {'name': 'My Item', 'price': 1599}" in shown


def test_error_in_the_code_is_shown_with_its_place(mine):
    add_patch(mine, "itm")

    shown = repr(run_check("03.3"))

    assert "Your code fails: NameError: name 'itm' is not defined" in shown
    assert re.search(r"\n    app\.py, line \d+: itm\n", shown)


def test_03_3_with_a_route_that_creates_items(solved, replace):
    app = solved("03.3") / "app.py"
    replace(app, "    find(items, item)\n    items[item]", "    items[item]")

    assert marks(run_check("03.3")) == "✓✓✓○✓✓✓"


@pytest.mark.parametrize(
    ("test", "note"),
    [
        ("assert False", "(AssertionError: assert False (test_put.py, line 2))"),
        ("assert api.get('/store').ok", "because of the bug."),
        ("1 / 0", "(ZeroDivisionError: division by zero (test_put.py, line 2))"),
        ("assert (", "SyntaxError: '(' was never closed (test_put.py, line 2))"),
    ],
)
def test_03_5_with_a_test_that_proves_nothing(my, test, note):
    prepare(find_exercise("03.5"))
    file = my / "exercises" / "03.5" / "test_put.py"
    file.write_text(f"def test_put(api):\n    {test}\n", encoding="utf-8")

    findings = run_check("03.5")

    open_ones = [finding.text for finding in findings if not finding.done]
    assert note in open_ones[0]


def test_03_5_without_a_test(my):
    prepare(find_exercise("03.5"))
    (my / "exercises" / "03.5" / "test_put.py").write_text("", encoding="utf-8")

    assert marks(run_check("03.5")) == "✓○○○"


def test_03_5_checks_the_file_as_it_is_now(solved, replace):
    file = solved("03.5") / "test_put.py"
    assert run_check("03.5").is_done

    replace(file, '"price": 20}\n', '"price": 21}\n')

    assert not run_check("03.5").is_done


def test_04_1_half_done():
    api = serve("04")
    log_in(api)
    assert marks(run_check("04.1", api)) == "○○○"
    api.put("/item/Milk", json={"price": 1})
    api.put("/item/Tea", json={"price": 3.5})

    assert marks(run_check("04.1", api)) == "✓○○"
    assert run_check(4.1, api) == run_check("4.1", api) == run_check("04.1", api)


def test_04_3_without_a_login(solved, replace):
    users = solved("04.3") / "users.py"
    response = "    @blp.response(200, UserSchema)"
    replace(users, f"    @blp.login_required()\n{response}", response)
    replace(users, '"username": get_jwt_identity()', '"username": "ana"')

    assert marks(run_check("04.3")) == "✓○○✓"


def test_04_4_with_a_test_of_the_status_only(solved, replace):
    kept = '    assert api.get("/item/Tea").status_code == 200\n'
    replace(solved("04.4") / "test_delete.py", kept, "")

    assert marks(run_check("04.4")) == "✓✓✓○"


def test_04_5_with_the_demo_user(solved, replace):
    reviews = solved("04.5") / "reviews.py"
    replace(reviews, "add(get_jwt_identity(), ", 'add("ana", ')

    assert marks(run_check("04.5")) == "✓○○✓✓○"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT name FROM items WHERE price >= 20", "✓✓○"),
        ("SELECT name FROM items WHERE price > 20 ORDER BY name", "✓○○"),
        ("SELECT nothing", "○"),
        ("SELECT 1; SELECT 2", "○"),
    ],
)
def test_05_2_with_another_query(sql, found):
    assert marks(run_check("05.2", sql)) == found


def test_05_3_open_to_injection(solved, replace):
    models = solved("05.3") / "models.py"
    replace(models, 'LIKE ? ORDER BY id"', 'LIKE \'%" + text + "%\'"')
    replace(models, 'execute(query, (f"%{text}%",))', "execute(query)")

    assert marks(run_check("05.3")) == "✓✓✓○○○"


def test_05_3_in_another_format_than_items(solved, replace):
    schema = 'ItemsSchema(only=["items.name"])'
    items = solved("05.3") / "items.py"
    begin, end = "    @blp.response(200, ", ')\n    def get(self):\n        """Search'
    replace(items, f"{begin}ItemsSchema{end}", f"{begin}{schema}{end}")

    assert marks(run_check("05.3")) == "✓○✓○✓"


def test_05_4_with_a_lock_in_python(my, replace):
    prepare(find_exercise("05.4"))  # its bug is still there
    items = my / "exercises" / "05.4" / "items.py"
    replace(items, "\n\nblp =", "\nimport threading\n\nlock = threading.Lock()\nblp =")
    like = "likes = ItemModel.like(name)"
    replace(items, like, f"with lock:\n            {like}")

    assert marks(run_check("05.4")) == "✓✓✓✓✓○"


def test_05_4_with_likes_in_another_column(solved):
    folder = solved("05.4")
    for path in (folder / "schema.sql", folder / "models.py"):
        code = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\blikes\b", "hearts", code), encoding="utf-8")

    assert "no such column: likes" in run_check("05.4")[-1].text


def test_05_5_with_a_transaction_for_each_item(my, replace):
    prepare(find_exercise("05.5"))
    replace(
        my / "exercises" / "05.5" / "models.py",
        "        return [cls.add(**item) for item in new]",
        '        if any(cls.find(item["name"]) for item in new):\n'
        "            raise NameTaken\n"
        "        return [cls.add(**item) for item in new]",
    )

    assert marks(run_check("05.5")) == "✓✓○✓✓✓"


def test_06_1_half_done():
    api = serve("06")
    log_in(api)
    assert marks(run_check("06.1", api)) == "○○○○"
    north = api.post("/store/North").json()["id"]
    api.post("/store/South")
    for name in ("Globe", "Map"):
        api.post(f"/item/{name}", json={"price": 80, "store_id": north})

    assert marks(run_check("06.1", api)) == "✓✓○○"


def test_06_3_with_a_sum_that_is_not_rounded(solved, replace):
    replace(solved("06.3") / "models" / "item.py", "round(value or 0, 2)", "value or 0")

    assert "0.30000000000000004" in run_check("06.3")[2].text


def test_06_3_without_items(solved, replace):
    replace(solved("06.3") / "models" / "item.py", "value or 0", "value")

    findings = run_check("06.3")

    assert marks(findings) == "✓✓✓○✓✓○"
    assert "models/item.py, line" in findings[-1].text


def test_06_3_with_a_sum_in_python(solved, replace):
    replace(
        solved("06.3") / "models" / "item.py",
        "        query = db.select(db.func.count(), db.func.sum(cls.price))\n"
        "        items, value = db.session.execute"
        "(query.where(cls.store_id == store_id)).one()\n",
        "        found = db.session.scalars(db.select(cls)).all()\n"
        "        prices = [item.price for item in found if item.store_id == store_id]\n"
        "        items, value = len(prices), sum(prices)\n",
    )

    assert marks(run_check("06.3")) == "✓✓✓✓✓○"


def test_06_3_with_the_values_of_the_task(solved, replace):
    stores = solved("06.3") / "stores.py"
    values = '{"items": 2, "value": 0.3}'
    replace(stores, "return ItemModel.add_up(store.id)", f"return {values}")

    assert not run_check("06.3").is_done


def test_06_4_with_a_list_of_what_is_forbidden(solved, replace):
    folder = solved("06.4")
    replace(folder / "items.py", "<any(id, name, price):column>", "<column>")
    model = folder / "models" / "item.py"
    replace(model, "getattr(cls, column)", 'db.text(column.replace("SELECT", ""))')

    assert not run_check("06.4").is_done


def test_07_2_with_a_release_that_cannot_be_set(solved, replace):
    health = solved("07.2") / "health.py"
    replace(health, 'current_app.config["RELEASE"]', '"development"')

    assert marks(run_check("07.2")) == "✓✓✓○"


CITY = "migrations/versions/0003_city.py"


def test_07_3_with_a_migration_that_cannot_be_undone(solved, replace):
    replace(solved("07.3") / CITY, 'stores.drop_column("city")', "pass")

    assert marks(run_check("07.3")) == "✓✓✓✓○○"


def test_07_3_with_a_downgrade_that_fails(solved, replace):
    replace(solved("07.3") / CITY, "drop_column(", "drop_colum(")

    text = run_check("07.3")[-1].text

    assert text.startswith("Your copy cannot run flask db downgrade 0002: ")
    assert "drop_colum('city')" in text.replace('"', "'")


def test_07_3_with_a_migration_that_fails(solved, replace):
    replace(solved("07.3") / CITY, "add_column(", "add_colum(")

    findings = run_check("07.3")

    assert marks(findings) == "✓✓○"
    assert "migrations/versions/0003_city.py, line" in findings[-1].text


TOWN = "migrations/versions/0004_town.py"
RENAMED_BACK = 'op.alter_column("stores", "town", new_column_name="city")'


def test_07_4_without_a_downgrade(solved, replace):
    replace(solved("07.4") / TOWN, RENAMED_BACK, "pass")

    assert "no such column: city" in run_check("07.4")[-1].text


def test_07_5_with_the_last_address(solved, replace):
    last = 'request.headers["X-Forwarded-For"].split(", ")[-1]'
    replace(solved("07.5") / "counts.py", "request.remote_addr", last)

    assert marks(run_check("07.5")) == "✓○✓✓○○○"


@pytest.mark.usefixtures("nginx")
@pytest.mark.parametrize(
    ("name", "right", "wrong", "found"),
    [
        ("08.1", "error_page 494 =431 /stores-error;", "", "✓✓✓✓○✓✓"),
        ("08.1", "internal;", "", "✓✓✓✓✓○✓"),
        ("08.2", "return 302 /docs;", "return 301 /docs;", "✓○✓✓✓"),
        ("08.2", "location = / {", "location ~ /$|own {", "✓✓✓○✓"),
        (
            "08.3",
            "allow 127.0.0.1;\n    deny all;",
            "if ($http_x_forwarded_for != 127.0.0.1) { return 403; }",
            "✓○✓○✓",
        ),
        ("08.4", "expires 1d;", "add_header Cache-Control max-age=86400;", "✓✓✓✓○✓"),
        ("08.4", "gzip_types application/javascript text/css;", "", "✓○✓✓✓✓"),
        ("08.5", "client_max_body_size 1m;", "client_max_body_size 1k;", "✓✓✓○"),
    ],
)
def test_08_with_a_wrong_site(name, right, wrong, found, solved, replace):
    replace(solved(name) / "nginx" / "api.conf", right, wrong)

    assert marks(run_check(name)) == found


@pytest.mark.usefixtures("nginx")
def test_08_with_a_site_that_nginx_cannot_read(solved, replace):
    replace(solved("08.2") / "nginx" / "api.conf", "return 302 /docs;", "return 302")

    assert re.search(r"\nnginx: .+ in api\.conf:\d+$", run_check("08.2")[-1].text)


def test_08_without_the_files():
    assert marks(run_check("08.1")) == "○"


@pytest.mark.usefixtures("nginx")
def test_09_2_with_a_password_over_http():
    serve("07", workers=1, unix_socket=True)
    site = serve_https("09", "07")
    assert marks(run_check("09.2", site)) == "○○○○"
    site.verify = False
    with pytest.warns(InsecureRequestWarning):
        site.get("/stores")
        assert marks(run_check("09.2", site)) == "○○○○"
        site.get("http://stores.example/stores")
    assert marks(run_check("09.2", site)) == "○✓○○"
    site.verify = str(site.own.root)
    login = {"username": "ana", "password": "open-sesame"}
    site.post("http://stores.example/login", json=login)

    assert marks(run_check("09.2", site)) == "✓✓✓○"


@pytest.mark.usefixtures("nginx")
@pytest.mark.parametrize(
    ("name", "file", "right", "wrong", "found"),
    [
        ("09.3", "https.conf", "default_type text/plain;", "", "✓✓○✓✓✓✓"),
        (
            "09.3",
            "https.conf",
            "default_type text/plain;",
            "add_header Content-Type text/plain;",
            "✓✓○✓✓○✓",
        ),
        ("09.3", "https.conf", "2099", "2020", "✓✓✓✓○✓✓"),
        ("09.3", "https.conf", "mailto:", "", "✓✓✓○✓✓✓"),
        ("09.4", "tls.conf", "fullchain.pem;  # with", "cert.pem;  # not", "✓○○✓"),
        ("09.5", "https.conf", "return 421;", "return 200;", "✓✓✓○✓✓✓"),
        (
            "09.5",
            "https.conf",
            "ssl_reject_handshake on;",
            "include @TLS_CONF@;",
            "✓○○✓✓✓✓",
        ),
    ],
)
def test_09_with_a_wrong_site(name, file, right, wrong, found, solved, replace):
    replace(solved(name) / "nginx" / file, right, wrong)

    assert marks(run_check(name)) == found


def test_11_2_with_a_logout_of_all_users(solved, replace):
    logins = solved("11.2") / "logins.py"
    replace(logins, ".where(LoginModel.user_id == current_user.id)", "")
    replace(logins, ".where(mine)", "")

    assert marks(run_check("11.2")) == "✓✓○○✓✓○"


def test_11_3_with_a_status_that_is_not_described(solved, replace):
    replace(solved("11.3") / "items.py", "MessageSchema, also=[403])", "MessageSchema)")

    assert marks(run_check("11.3")) == "✓✓✓✓✓✓○"


def test_11_3_with_a_clerk_who_may_do_everything(solved, replace):
    tokens = solved("11.3") / "tokens.py"
    replace(tokens, "if not current_user.is_admin:", "if current_user.role == 'user':")

    assert marks(run_check("11.3")) == "✓✓✓✓○○✓"


def test_11_4_without_the_check_of_sub(my, replace):
    prepare(find_exercise("11.4"))
    config = my / "exercises" / "11.4" / "config.py"
    replace(config, "\nPASSWORD_HASH", "\nJWT_VERIFY_SUB = False\nPASSWORD_HASH")

    assert marks(run_check("11.4")) == "✓✓✓✓○✓"


def test_11_5_with_a_test_of_the_reused_token_only(solved, replace):
    reused = 'refresh(api, first).json()["error"] == "token_revoked"'
    test = solved("11.5") / "test_refresh.py"
    replace(test, "refresh(api, third).status_code == 401", reused)

    assert marks(run_check("11.5")) == "✓✓✓○"


@pytest.mark.parametrize(
    "file, right, wrong, found",
    [
        ("courses.py", "course=found).count", ").count", "✓✓✓✓✓✓○✓✓"),
        ("templates/courses/course.html", "{{ course.description }}", "", "✓✓✓○✓✓✓✓✓"),
        ("templates/courses/course.html", '{% extends "base.html" %}', "", "✓✓✓✓✓○✓✓✓"),
    ],
)
def test_12_2_with_a_wrong_page(file, right, wrong, found, solved, replace):
    replace(solved("12.2") / "enrollment" / file, right, wrong)

    assert marks(run_check("12.2")) == found


@pytest.mark.parametrize(
    "pipeline",
    [
        [],
        [{"$group": {"_id": "$course", "students": {"$sum": 1}}}],
        [{"$nonsense": 1}],
        ["$group"],
        None,
    ],
)
def test_12_3_with_another_pipeline(pipeline):
    assert not run_check("12.3", pipeline).is_done


def test_12_3_without_a_sort_or_with_half_of_it():
    pipeline = run_solution("12.3")["pipeline"]

    assert marks(run_check("12.3", pipeline)) == "✓✓"
    assert marks(run_check("12.3", pipeline[:-1])) != "✓✓"
    by_number = [*pipeline[:-1], {"$sort": {"students": -1}}]
    assert marks(run_check("12.3", by_number)) != "✓✓"


@pytest.mark.parametrize(
    "right, wrong, found",
    [
        ("@login_required\ndef drop", "def drop", "✓✓✓✓✓○✓✓✓○"),
        ("user=current_user.id, course=course).del", "course=course).del", "✓✓✓✓✓✓○✓✓"),
        (
            'dropped {course.title}.", "success")\n    return redirect(',
            'dropped.", "")\n    return redirect(request.form.get("next") or ',
            "✓✓✓✓✓✓✓○✓",
        ),
    ],
)
def test_12_4_with_a_flaw_that_is_left(right, wrong, found, solved, replace):
    replace(solved("12.4") / "enrollment" / "courses.py", right, wrong)

    assert marks(run_check("12.4")) == found


def test_12_5_with_a_test_of_the_message(solved, replace):
    replace(solved("12.5") / "test_enrollment.py", '.count("CS101") == 1', "")

    assert marks(run_check("12.5")) == "✓✓✓○"


def test_13_2_with_a_token_and_a_path():
    api = serve("13")
    headers = {
        "Origin": "http://localhost:4200/lists",
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "authorization",
        "Authorization": "Bearer x",
    }

    preflight = api.options("/api/lists/1", headers=headers)

    assert marks(run_check("13.2", preflight)) == "✓○✓✓○○"


IN, STARTS = "if origin in origins", "if origin.startswith(tuple(origins))"
ANY = "and any(o in origin for o in origins):"
VARY = '        response.vary.add("Origin")\n'
WITH, WITHOUT = "supports_credentials=True", "supports_credentials=False"
CSRF = ', "X-CSRF-TOKEN"'
WILDCARD = "send_wildcard=True"


@pytest.mark.parametrize(
    "file, right, wrong, found",
    [
        ("13.3/cors.py", IN, STARTS, "✓✓✓○○✓✓✓✓"),
        ("13.3/cors.py", "in origins:", ANY, "✓✓✓○○✓○✓✓"),
        ("13.3/cors.py", VARY, "", "✓✓✓✓✓✓✓✓○"),
        ("13.4/cors.py", WITH, WITHOUT, "✓○○○✓✓"),
        ("13.4/cors.py", CSRF, "", "✓✓○○✓✓"),
        ("13.4/cors.py", f"{CSRF}]", f'{CSRF}, ".*"]', "✓✓✓✓✓○"),
        ("13.5/daily.py", WILDCARD, WITH, "✓✓✓✓✓○✓✓"),
        ("13.5/daily.py", "list_id=1", "list_id=2", "✓✓○✓✓✓✓✓"),
    ],
)
def test_13_with_another_rule(file, right, wrong, found, solved, replace):
    exercise, name = file.split("/")
    replace(solved(exercise) / name, right, wrong)

    assert marks(run_check(exercise)) == found


def test_13_5_with_a_route_of_the_front_end(solved, replace):
    folder = solved("13.5")
    replace(folder / "cors.py", "origins=origins", 'origins="*"')

    assert marks(run_check("13.5")) == "✓✓✓✓✓✓○✓"


def test_14_2_with_one_limit_for_all_logins_of_an_address(solved, replace):
    limits = solved("14.2") / "rate_limits.py"
    replace(limits, 'get_jwt()["sid"]', "get_remote_address()")

    assert marks(run_check("14.2")) == "✓✓✓✓○"


def test_14_3_with_the_token_in_the_log(solved, replace):
    logs = solved("14.3") / "logs.py"
    replace(logs, '"user": g.get("user_id")', '"user": 1, "head": str(request.headers)')

    assert marks(run_check("14.3")) == "✓✓○○○○"


def test_14_4_with_a_cache_of_users(solved, replace):
    tokens = solved("14.4") / "tokens.py"
    replace(tokens, "jwt = JWTManager()", "jwt = JWTManager()\nusers = {}")
    replace(tokens, "return g.user", "return users.setdefault(g.user.id, g.user)")

    findings = run_check("14.4")

    assert marks(findings) == "✓✓✓✓○✓✓"
    assert findings.notes == []  # the code prints nothing; SQLAlchemy logs its SQL


def test_14_5_with_the_name_of_another_user(solved, replace):
    replace(solved("14.5") / "test_limits.py", '"ｍｉａ"', '"Mia"')

    findings = run_check("14.5")

    assert marks(findings) == "✓✓○○"
    assert "[401, 401, 401] == [401, 401, 429]" in findings[2].text

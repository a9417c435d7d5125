"""Exercises: a check names what is missing, and accepts a solution."""

import re

import pytest

from classroom import serve
from classroom.contract.run import ContractRun, run_contract
from classroom.errors import UserError
from classroom.exercises.check import run_check
from classroom.exercises.common import log_in
from classroom.exercises.exercise import find_exercise
from classroom.exercises.section03 import REQUESTS
from classroom.exercises.workspace import prepare
from classroom.sections import all_sections, copy_section, find_section, own_copy
from classroom.server import Server, notebook_servers

SOLUTION_03_3 = '''

@app.patch("/store/<name>/item/<item>")
def change_price(name, item):
    """Set the price of an item that exists."""
    [price] = read_body("price")
    items = find(stores, name)
    find(items, item)
    items[item] = {"name": item, "price": price}
    return items[item]
'''
# Like PUT, it creates the item if it does not exist.
CREATING_03_3 = SOLUTION_03_3.replace("    find(items, item)\n", "")


@pytest.fixture
def api():
    """A session with a fresh server of section 03."""
    with Server(find_section("03").folder) as server, server.api() as session:
        yield session


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The folder of a student's files of exercise 03.3."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))
    exercise = find_exercise("03.3")
    prepare(exercise)
    return exercise.own_folder


def is_done(findings):
    return all(finding.done for finding in findings)


def test_unknown_exercise_is_a_user_error():
    for name in ("03.9", "99.1", "", "03"):
        with pytest.raises(UserError, match="no exercise"):
            run_check(name)


def test_03_1_undone(api):
    findings = run_check("03.1", api)

    assert [finding.done for finding in findings] == [False] * 4
    assert "0 of 4 done" in repr(findings)


def test_03_1_half_done(api):
    api.post("/store", json={"name": "Corner Shop"})
    api.post("/store/Corner Shop/item", json={"name": "Pen", "price": 1.3})
    api.post("/store/Corner Shop/item", json={"name": "Ink", "price": 4.5})

    findings = run_check("03.1", api)

    assert [finding.done for finding in findings] == [True, False, True, False]


def test_03_1_solved(api):
    api.post("/store", json={"name": "Corner Shop"})
    api.post("/store/Corner Shop/item", json={"name": "Pen", "price": 1.2})
    api.put("/store/Corner Shop/item/Ink", json={"price": 4.5})
    api.delete("/store/My Wonderful Store", auth=("ana", "open-sesame"))

    assert is_done(run_check("03.1", api))


def test_03_2_undone_and_half_done():
    answers = dict.fromkeys(REQUESTS)
    assert not any(finding.done for finding in run_check("03.2", answers))

    answers["DELETE the list of stores"] = 405
    answers["POST a store without a name"] = 500

    findings = run_check("03.2", answers)
    assert [finding.done for finding in findings] == [False] * 5 + [True]
    assert "not 500" in repr(findings)


def test_03_2_solved():
    answers = dict(zip(REQUESTS, [404, 400, 409, 200, 401, 405], strict=True))

    assert is_done(run_check("03.2", answers))


def test_03_3_without_a_copy(tmp_path, monkeypatch):
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))

    findings = run_check("03.3")

    assert [finding.done for finding in findings] == [False]
    assert "start_exercise" in findings[0].text


def test_03_3_undone(mine):
    findings = run_check("03.3")

    assert [f.done for f in findings] == [True, *[False] * 5, True]


def test_03_3_with_a_mistake(mine):
    with (mine / "app.py").open("a") as code:
        code.write("\nretrun items\n")

    findings = run_check("03.3")

    assert "SyntaxError" in findings[-1].text
    assert "app.py, line" in findings[-1].text


def test_03_3_solved(mine):
    with (mine / "app.py").open("a") as code:
        code.write(SOLUTION_03_3)

    assert is_done(run_check("03.3"))


def test_03_3_with_a_route_that_creates_items(mine):
    with (mine / "app.py").open("a") as code:
        code.write(CREATING_03_3)

    findings = run_check("03.3")

    assert [f.done for f in findings] == [True, True, True, False, True, True, True]


def test_copy_section_leaves_a_copy_as_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))
    copy_section("03")
    mine = own_copy(find_section("03"))
    (mine / "app.py").write_text("mine\n")

    copy_section("03")

    assert (mine / "app.py").read_text() == "mine\n"
    assert "as it is" in capsys.readouterr().out


@pytest.fixture
def served():
    """A function that serves a section as a notebook does, and logs ana in."""

    def serve_with_login(number):
        api = serve(number)
        log_in(api)
        return api

    yield serve_with_login
    notebook_servers.stop_all()


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """A function that makes the files of an exercise, and returns their folder."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))

    def copy(name):
        exercise = find_exercise(name)
        prepare(exercise)
        return exercise.own_folder

    return copy


def done(name, *work):
    """Return, for each finding of an exercise, whether it is done."""
    return [finding.done for finding in run_check(name, *work)]


def test_04_1(served):
    api = served("04")
    assert done("04.1", api) == [False, False, False]
    api.put("/item/Milk", json={"price": 1})
    api.put("/item/Tea", json={"price": 3.5})
    assert done("04.1", api) == [True, False, False]

    api.put("/item/Cocoa", json={"price": 2.95})
    api.delete("/item/Milk")

    assert done("04.1", api) == [True] * 3


def names_to_predict(name):
    """Return what an exercise asks to predict; nothing is done yet."""
    findings = run_check(name, {})
    assert not any(finding.done for finding in findings)
    return [finding.text.rsplit(": ", 1)[0] for finding in findings]


def test_04_2():
    names = names_to_predict("04.2")

    answers = dict(zip(names, [200, 401, 401, 422, 201, 409, 422], strict=True))

    assert done("04.2", answers) == [True] * 7


USER_SCHEMA_04_3 = '''

class UserSchema(Schema):
    """A user."""

    username = fields.String()
'''
SOLUTION_04_3 = '''

@blp.route("/whoami")
class WhoAmI(MethodView):
    """The user of a token."""

    @blp.login_required()
    @blp.response(200, UserSchema)
    def get(self):
        """Show the user of the token."""
        return {"username": get_jwt_identity()}
'''


def write_whoami(folder, solution):
    schemas, users = folder / "schemas.py", folder / "users.py"
    code = schemas.read_text(encoding="utf-8") + USER_SCHEMA_04_3
    schemas.write_text(code, encoding="utf-8")
    code = users.read_text(encoding="utf-8")
    for name, new in [
        ("create_access_token", "get_jwt_identity"),
        ("TokenSchema", "UserSchema"),
    ]:
        code = code.replace(f"{name}\n", f"{name}, {new}\n", 1)
    users.write_text(code + solution, encoding="utf-8")


def test_04_3(copies):
    folder = copies("04.3")
    assert done("04.3") == [True] + [False] * 3

    write_whoami(folder, SOLUTION_04_3)

    assert done("04.3") == [True] * 4


def test_04_3_without_a_login(copies):
    open_to_all = SOLUTION_04_3.replace("    @blp.login_required()\n", "")

    write_whoami(copies("04.3"), open_to_all.replace("get_jwt_identity()", "'ana'"))

    assert done("04.3") == [True, False, False, True]


def test_05_1(served):
    api = served("05")
    assert done("05.1") == [False] * 3

    api.post("/register", json={"username": "maria", "password": "a long password"})
    api.post("/item/Lamp", json={"price": 20})

    assert done("05.1") == [True] * 3


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT name FROM items WHERE price >= 20 ORDER BY name", [True] * 3),
        ("SELECT name FROM items WHERE price >= 20", [True, True, False]),
        ("SELECT name FROM items WHERE price > 20 ORDER BY name", [True, False, False]),
        ("SELECT nothing", [False]),
        ("SELECT 1; SELECT 2", [False]),
    ],
)
def test_05_2(sql, found):
    assert done("05.2", sql) == found


VIEW_05_3 = '''

@blp.route("/search")
class Search(MethodView):
    """The items whose name contains a string."""

    @blp.response(200, ItemsSchema)
    def get(self):
        """Search the items."""
        return {"items": ItemModel.search(request.args["text"])}
'''
MODEL_05_3 = '''
    @classmethod
    def search(cls, text):
        """Return the items whose name contains a string."""
        query = "SELECT name, price FROM items WHERE name LIKE ? ORDER BY id"
        return [cls(**row) for row in get_db().execute(query, (f"%{text}%",))]
'''


def insert(file, new, before):
    """Insert code before a line that is in the file once."""
    code = file.read_text(encoding="utf-8")
    assert code.count(before) == 1
    file.write_text(code.replace(before, new + before), encoding="utf-8")


def write_search(folder, view=VIEW_05_3, method=MODEL_05_3):
    items = folder / "items.py"
    insert(items, "from flask import request\n", before="from flask.views")
    with items.open("a", encoding="utf-8") as file:
        file.write(view)
    insert(folder / "models.py", method, before="\n\n@dataclass\nclass UserModel")


def test_05_3(copies):
    folder = copies("05.3")
    assert done("05.3") == [True] + [False] * 4

    write_search(folder)

    assert done("05.3") == [True] * 5


def test_05_3_open_to_injection(copies):
    unsafe = MODEL_05_3.replace("LIKE ? ORDER BY id", "LIKE '%\" + text + \"%'")
    unsafe = unsafe.replace(', (f"%{text}%",)', "")
    write_search(copies("05.3"), method=unsafe)

    assert done("05.3") == [True, True, True, False, False, False]


def test_05_3_in_another_format_than_items(copies):
    names_only = VIEW_05_3.replace("ItemsSchema", 'ItemsSchema(only=["items.name"])')
    write_search(copies("05.3"), view=names_only)

    assert done("05.3") == [True, False, True, False, True]


def test_06_1(served):
    api = served("06")
    assert done("06.1", api) == [False] * 4
    north, south = (api.post(f"/store/{n}").json()["id"] for n in ("North", "South"))
    for name in ("Globe", "Map"):
        api.post(f"/item/{name}", json={"price": 80, "store_id": north})
    assert done("06.1", api) == [True, True, False, False]

    api.put("/item/Globe", json={"price": 80, "store_id": south})
    api.delete("/item/Map")

    assert done("06.1", api) == [True] * 4


def test_06_2():
    names = names_to_predict("06.2")

    answers = dict(zip(names, [1, 2, 3, 1, 1], strict=True))

    assert done("06.2", answers) == [True] * 5


SOLUTION_06_3 = {
    "schemas.py": '''

class ValueSchema(Schema):
    """The number of items in a store, and the sum of their prices."""

    items = fields.Integer()
    value = fields.Float()
''',
    "models/item.py": '''
    @classmethod
    def add_up(cls, store_id):
        """Return the number of items in a store, and the sum of their prices."""
        query = db.select(db.func.count(), db.func.sum(cls.price))
        items, value = db.session.execute(query.where(cls.store_id == store_id)).one()
        return {"items": items, "value": round(value or 0, 2)}
''',
    "stores.py": '''

@blp.route("/store/<name>/value")
class StoreValue(MethodView):
    """The value of a store."""

    @blp.response(200, ValueSchema, also=[404])
    def get(self, name):
        """Show the number of items in a store, and the sum of their prices."""
        store = StoreModel.find(name)
        if store is None:
            abort(404, message=f"There is no store named {name!r}.")
        return ItemModel.add_up(store.id)
''',
}


def write_value(folder, replace="", by=""):
    imports = "from models import ItemModel\nfrom schemas import ValueSchema\n"
    insert(folder / "stores.py", imports, before="\nblp =")
    for name, code in SOLUTION_06_3.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(code.replace(replace, by))


def test_06_3(copies):
    folder = copies("06.3")
    assert done("06.3") == [True] + [False] * 5

    write_value(folder)

    assert done("06.3") == [True] * 6


def test_06_3_with_a_sum_that_is_not_rounded(copies):
    write_value(copies("06.3"), "round(value or 0, 2)", "value or 0")

    assert "0.30000000000000004" in run_check("06.3")[2].text


def test_06_3_without_items(copies):
    write_value(copies("06.3"), "value or 0", "value")

    findings = run_check("06.3")

    found = [finding.done for finding in findings]
    assert found == [True, True, True, False, True, True, False]
    assert "models/item.py, line" in findings[-1].text


def test_07_1():
    names = names_to_predict("07.1")

    answers = dict(zip(names, [200, 503, 503, 422, 422, 401], strict=True))

    assert done("07.1", answers) == [True] * 6


SOLUTION_07_2 = '''

class VersionSchema(Schema):
    """The release of the app."""

    release = fields.String()


@blp.route("/version")
class Version(MethodView):
    """The release of the app."""

    @blp.response(200, VersionSchema)
    def get(self):
        """Return the release that is running."""
        return {"release": current_app.config["RELEASE"]}
'''


def write_version(folder):
    health = folder / "health.py"
    code = health.read_text(encoding="utf-8")
    new = (
        "from flask import current_app\nfrom marshmallow import Schema, fields\n"
        "from flask.views"
    )
    code = code.replace("from flask.views", new)
    health.write_text(code + SOLUTION_07_2, encoding="utf-8")


def write_release(folder):
    write_version(folder)
    with (folder / "config.py").open("a", encoding="utf-8") as config:
        config.write('RELEASE = "development"\n')


def test_07_2(copies):
    folder = copies("07.2")
    assert done("07.2") == [True, False]

    write_release(folder)

    assert done("07.2") == [True] * 4


def test_07_2_with_a_release_that_cannot_be_set(copies):
    folder = copies("07.2")
    write_release(folder)
    health = folder / "health.py"
    code = health.read_text(encoding="utf-8")
    code = code.replace('current_app.config["RELEASE"]', '"development"')
    health.write_text(code, encoding="utf-8")

    assert done("07.2") == [True, True, True, False]


SOLUTION_07_3 = '''
"""Where each store is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("stores", sa.Column("city", sa.String(80)))


def downgrade():
    with op.batch_alter_table("stores") as stores:
        stores.drop_column("city")
'''


def write_city(folder, migration):
    for file, old, new in [
        ("models/store.py", "    # When a store is", "    city: Mapped[str | None]\n"),
        (
            "schemas.py",
            "    items = fields.Nested(ItemSchema, many=True)\n\n\nclass StoresSchema",
            "    city = fields.String()\n",
        ),
    ]:
        path = folder / file
        code = path.read_text(encoding="utf-8")
        assert code.count(old) == 1
        path.write_text(code.replace(old, new + old), encoding="utf-8")
    file = folder / "migrations" / "versions" / "0003_city.py"
    file.write_text(migration, encoding="utf-8")


def test_07_3(copies):
    folder = copies("07.3")
    assert done("07.3") == [True, False]

    write_city(folder, SOLUTION_07_3)

    assert done("07.3") == [True] * 6


def test_07_3_with_a_migration_that_cannot_be_undone(copies):
    begin, _, _ = SOLUTION_07_3.partition("def downgrade")
    write_city(copies("07.3"), begin + "def downgrade():\n    pass\n")

    assert done("07.3") == [True, True, True, True, False, False]


def test_07_3_with_a_downgrade_that_fails(copies):
    write_city(copies("07.3"), SOLUTION_07_3.replace("drop_column(", "drop_colum("))

    text = run_check("07.3")[-1].text

    assert text.startswith("Your copy cannot run flask db downgrade 0002: ")
    assert "drop_colum('city')" in text.replace('"', "'")


def test_07_3_with_a_migration_that_fails(copies):
    write_city(copies("07.3"), SOLUTION_07_3.replace("add_column(", "add_colum("))

    findings = run_check("07.3")

    assert [finding.done for finding in findings] == [True, True, False]
    assert "migrations/versions/0003_city.py, line" in findings[-1].text


def test_11_1():
    names = names_to_predict("11.1")
    errors = [
        *("authorization_required", "invalid_token", "invalid_token"),
        *("invalid_token", "fresh_token_required", "token_revoked"),
    ]

    assert done("11.1", dict(zip(names, errors, strict=True))) == [True] * 6


SOLUTION_11_2 = '''

@blp.route("/logins")
class Logins(MethodView):
    """The logins of a user."""

    @blp.login_required()
    @blp.response(200, None)
    def get(self):
        """List the logins of the current user."""
        query = db.select(LoginModel).where(LoginModel.user_id == current_user.id)
        logins = db.session.scalars(query)
        return {
            "logins": [
                {"id": login.id, "expires_at": login.expires_at.isoformat()}
                for login in logins
            ]
        }


@blp.route("/logout-everywhere")
class LogoutEverywhere(MethodView):
    """A logout, everywhere."""

    @blp.login_required()
    @blp.response(200, MessageSchema)
    def post(self):
        """End all logins of the current user."""
        mine = LoginModel.user_id == current_user.id
        db.session.execute(db.delete(LoginModel).where(mine))
        db.session.commit()
        return {"message": "You are logged out everywhere."}
'''


def write_logins(folder, solution):
    logins = folder / "logins.py"
    code = logins.read_text(encoding="utf-8")
    code = code.replace("    get_jwt,\n", "    current_user,\n    get_jwt,\n")
    code = code.replace("\nblp =", "\nfrom db import db\n\nblp =")
    logins.write_text(code + solution, encoding="utf-8")


def test_11_2(copies):
    folder = copies("11.2")
    assert done("11.2") == [True, False]

    write_logins(folder, SOLUTION_11_2)

    assert done("11.2") == [True] * 7


def test_11_2_with_a_logout_of_all_users(copies):
    everybodys = SOLUTION_11_2.replace(
        ".where(LoginModel.user_id == current_user.id)", ""
    )
    everybodys = everybodys.replace(".where(mine)", "")
    write_logins(copies("11.2"), everybodys)

    assert done("11.2") == [True, True, False, False, True, True, False]


SOLUTION_11_3 = {
    "commands.py": [
        (
            '@click.command("revoke-admin")',
            '@click.command("grant-clerk")\n@click.argument("name")\n@with_appcontext\n'
            'def grant_clerk(name):\n    """Make a user a clerk."""\n'
            '    set_role(name, "clerk")\n\n\n',
        ),
        ("revoke_admin, purge_tokens:", "grant_clerk, "),
    ],
    "tokens.py": [
        (
            "def forbid(message):",
            "def clerk_required(view):\n    @wraps(view)\n"
            "    def guarded(*args, **kwargs):\n"
            '        if current_user.role not in ("clerk", "admin"):\n'
            '            forbid("Only a clerk may do this.")\n'
            "        return view(*args, **kwargs)\n\n    return guarded\n\n\n",
        )
    ],
}


def write_before(folder, solution):
    """Insert code into files, each before a string that is there."""
    for file, changes in solution.items():
        code = (folder / file).read_text(encoding="utf-8")
        for there, new in changes:
            assert code.count(there) == 1
            code = code.replace(there, new + there)
        (folder / file).write_text(code, encoding="utf-8")


def let_clerks_delete(folder, file, also="also=[403]"):
    path = folder / file
    code = path.read_text(encoding="utf-8").replace(
        "    @blp.login_required(admin=True)\n",
        "    @blp.login_required()\n    @clerk_required\n",
    )
    code = code.replace("MessageSchema)\n", f"MessageSchema, {also})\n")
    code = code.replace("\nblp =", "\nfrom tokens import clerk_required\n\nblp =")
    path.write_text(code, encoding="utf-8")


def test_11_3(copies):
    folder = copies("11.3")
    assert done("11.3") == [True, False]

    write_before(folder, SOLUTION_11_3)
    assert done("11.3") == [True, True, True, False, True, True, True]
    let_clerks_delete(folder, "items.py")

    assert done("11.3") == [True] * 7


def test_11_3_with_a_status_that_is_not_described(copies):
    folder = copies("11.3")
    write_before(folder, SOLUTION_11_3)
    let_clerks_delete(folder, "items.py", also="")

    assert done("11.3") == [True] * 6 + [False]


def test_11_3_with_a_clerk_who_may_do_everything(copies):
    folder = copies("11.3")
    write_before(folder, SOLUTION_11_3)
    let_clerks_delete(folder, "items.py")
    let_clerks_delete(folder, "stores.py")

    assert done("11.3") == [True, True, True, True, False, False, True]


def add_patch(folder, code):
    """Write a route for PATCH that only runs a line of code."""
    route = '@app.patch("/store/<name>/item/<item>")\ndef change_price(name, item):'
    with (folder / "app.py").open("a") as file:
        file.write(f"\n\n{route}\n    {code}\n")


def test_14_1():
    names = names_to_predict("14.1")

    answers = dict(zip(names, [429, 429, 200, 200, 401, 401], strict=True))

    assert done("14.1", answers) == [True] * 6


SOLUTION_14_2 = {
    "config.py": [
        ('REGISTER_LIMIT = "60', 'REFRESH_LIMIT = "20 per minute"\n'),
    ],
    "rate_limits.py": [
        ("current_user\n", "get_jwt, "),
        (
            "def limit(setting, key):",
            "def limit_refreshes(view):\n"
            '    """Limit how often a login is refreshed."""\n'
            '    return limit("REFRESH_LIMIT", login_id)(view)\n\n\n'
            'def login_id():\n    """Return the id of the login of the token."""\n'
            '    return get_jwt()["sid"]\n\n\n',
        ),
    ],
    "logins.py": [
        ("limit_guesses\nfrom", "limit_refreshes, "),
        (
            '    def post(self):\n        """Replace',
            "    @limit_refreshes\n",
        ),
    ],
}


def test_14_2(copies):
    folder = copies("14.2")
    assert done("14.2") == [True, False]

    write_before(folder, SOLUTION_14_2)

    assert done("14.2") == [True] * 5


def test_14_2_with_one_limit_for_all_logins_of_an_address(copies):
    folder = copies("14.2")
    write_before(folder, SOLUTION_14_2)
    limits = folder / "rate_limits.py"
    code = limits.read_text(encoding="utf-8")
    assert code.count('get_jwt()["sid"]') == 1
    limits.write_text(
        code.replace('get_jwt()["sid"]', "get_remote_address()"), encoding="utf-8"
    )

    assert done("14.2") == [True, True, True, True, False]


SOLUTION_14_3 = {
    "tokens.py": [
        ("request\nfrom", "g, "),
        (
            '    return UserModel.find(int(claims["sub"]))',
            '    g.user_id = int(claims["sub"])\n',
        ),
    ],
    "logs.py": [
        ('            "request_id": g.r', '            "user": g.get("user_id"),\n'),
    ],
}


def test_14_3(copies):
    folder = copies("14.3")
    assert done("14.3") == [True] + [False] * 4 + [True]

    write_before(folder, SOLUTION_14_3)

    assert done("14.3") == [True] * 6


def test_14_3_with_the_token_in_the_log(copies):
    folder = copies("14.3")
    changes = [('            "request_id": g.r', '            "user": 1,\n')]
    changes.append((changes[0][0], '            "head": str(request.headers),\n'))
    write_before(folder, {"logs.py": changes})

    assert done("14.3") == [True, True, False, False, False, False]


def solve(folder, number):
    """Write the solutions of a section's exercises that add code to a copy."""
    match number:
        case "03":
            with (folder / "app.py").open("a") as code:
                code.write(SOLUTION_03_3)
        case "04":
            write_whoami(folder, SOLUTION_04_3)
        case "05":
            write_search(folder)
        case "06":
            write_value(folder)
        case "07":
            write_release(folder)
            write_city(folder, SOLUTION_07_3)
        case "11":
            write_logins(folder, SOLUTION_11_2)
            write_before(folder, SOLUTION_11_3)
            let_clerks_delete(folder, "items.py")
        case "14":
            write_before(folder, SOLUTION_14_2)
            write_before(folder, SOLUTION_14_3)


class DocumentationRun(ContractRun):
    """A run of the promises about documentation, methods and created resources."""

    def __init__(self):
        super().__init__(on_start=lambda total: None, on_step=lambda: None)

    def pytest_collection_modifyitems(self, items):
        about = re.compile(r"test_docs\.py|_location\b|unsupported_method")
        items[:] = [item for item in items if about.search(item.nodeid)]


@pytest.mark.parametrize("section", all_sections(), ids=lambda section: section.number)
def test_solutions_break_no_promise(section, copies, settings):
    folder = copies(f"{section.number}.3")  # which starts with the section itself
    solve(folder, section.number)
    run = DocumentationRun()

    with Server(folder, settings=settings) as server:
        run_contract(section.number, server.address, run)

    assert run.kept > 0
    assert [broken.test for broken in run.broken + run.not_reached] == []


BAD_03_3 = {
    "text": 'return "an item"',
    "a list": "return []",
    "an error": "return 1 / 0",
    "for ever": "time.sleep(600)",
}


@pytest.mark.parametrize("code", BAD_03_3.values(), ids=BAD_03_3)
def test_03_3_with_a_route_that_fails(mine, code):
    add_patch(mine, code)

    findings = run_check("03.3")

    assert not is_done(findings)
    assert findings[0].done


@pytest.mark.parametrize("work", [[], None, {"GET": "404"}, "text"], ids=repr)
def test_answers_of_a_wrong_type_are_a_finding(work):
    findings = run_check("03.2", work)

    assert not any(finding.done for finding in findings)


def test_answer_in_quotes_differs_from_the_number():
    findings = run_check("03.2", {"GET a store that does not exist": "404"})

    assert findings[0].text.endswith("not '404'")


def test_03_1_with_a_server_that_is_gone():
    api = serve("03")
    notebook_servers.stop_all()

    findings = run_check("03.1", api)

    assert [finding.done for finding in findings] == [False]
    assert "run the cell with serve() again" in findings[0].text


def test_other_response_is_shown(mine):
    add_patch(mine, 'return {"name": "My Item", "price": 1599}')

    shown = repr(run_check("03.3"))

    assert "The response is 200, {'name': 'My Item', 'price': 1599}" in shown


def test_error_in_the_code_is_shown_with_its_place(mine):
    add_patch(mine, "itm")

    shown = repr(run_check("03.3"))

    assert "Your code fails: NameError: name 'itm' is not defined" in shown
    assert re.search(r"\n    app\.py, line \d+: itm\n", shown)


def test_exercise_is_found_as_sections_are(served):
    api = served("04")

    assert run_check(4.1, api) == run_check("4.1", api) == run_check("04.1", api)


def test_check_without_its_arguments_is_a_user_error():
    with pytest.raises(UserError, match=r'check_exercise\("04.1", api\)'):
        run_check("04.1")

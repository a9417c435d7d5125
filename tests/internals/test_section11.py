"""Section 11: when logins end, what they cost, and what happens at the same moment."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask_jwt_extended import create_access_token, decode_token

ANA = {"username": "ana", "password": "open-sesame"}
NO_LIMITS = {"GUESS_LIMIT": "999 per second", "ADDRESS_LIMIT": "999 per second"}


@pytest.fixture(scope="module")
def on_postgres(make_shared_app, new_database):
    """The app on a PostgreSQL database, which these tests share; and what ana is."""
    url = new_database().replace("postgres://", "postgresql+psycopg://", 1)
    app = make_shared_app("11", **NO_LIMITS, SQLALCHEMY_DATABASE_URI=url)
    [[password_hash]] = run(app, "SELECT password_hash FROM users")
    return app, {"username": "ana", "password_hash": password_hash}


@pytest.fixture
def start(make_app, request):
    """A function that makes the app, on a database of the kind that is asked for.

    There is nothing in the database but ana.
    """

    def make(kind="sqlite", **settings):
        if kind == "sqlite":
            return make_app("11", **NO_LIMITS | settings)
        app, ana = request.getfixturevalue("on_postgres")
        run(app, "TRUNCATE users, stores RESTART IDENTITY CASCADE")
        add = "INSERT INTO users (username, password_hash, role)"
        run(app, f"{add} VALUES (:username, :password_hash, 'user')", **ana)
        return app

    return make


@pytest.fixture
def app(start):
    return start()


@pytest.fixture(params=["sqlite", "postgresql"])
def each(start, request):
    """The app, on a database of each kind."""
    return start(request.param)


@pytest.fixture
def models(load):
    return load("11", "models")


def ask(app, request, token=None, body=None):
    """Return the answer to a request such as "POST /login"."""
    method, path = request.split()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client().open(path, method=method, headers=headers, json=body)


def log_in(app, login=ANA):
    """Return the access token and the refresh token of a new login."""
    reply = ask(app, "POST /login", body=login)
    assert reply.status_code == 200, reply.json
    return reply.json["access_token"], reply.json["refresh_token"]


def refresh(app, token):
    """Return the status of a refresh, or the new refresh token."""
    reply = ask(app, "POST /refresh", token)
    return reply.json.get("refresh_token", reply.status_code)


def read(app, token):
    """Return the claims of a token."""
    with app.app_context():
        return decode_token(token, allow_expired=True)


def run(app, statement, **values):
    """Run an SQL statement in a connection of its own; return what it finds."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    with engine.begin() as connection:
        found = connection.execute(sa.text(statement), values)
        return [tuple(row) for row in found] if found.returns_rows else []


@pytest.fixture
def set_clock(models, load, monkeypatch):
    """A function that sets the clock of logins, in seconds from now."""

    def set_it(seconds):
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + timedelta(seconds=seconds)

        monkeypatch.setattr(load("11", "models.login"), "datetime", Clock)

    return set_it


def test_token_spent_twice_within_the_grace_gives_the_same_one(each, set_clock):
    _, spent = log_in(each)
    first = refresh(each, spent)
    set_clock(9)

    second = refresh(each, spent)

    assert read(each, first)["jti"] == read(each, second)["jti"]
    assert isinstance(refresh(each, second), str)


def test_token_spent_twice_after_the_grace_ends_the_login(each, set_clock):
    access, spent = log_in(each)
    new = refresh(each, spent)
    set_clock(11)

    reply = ask(each, "POST /refresh", spent)

    assert reply.status_code == 401
    assert reply.json["error"] == "token_revoked"
    assert "ended" in reply.json["message"]
    assert refresh(each, new) == 401
    assert ask(each, "GET /items", access).status_code == 401


def test_grace_can_be_set(start):
    app = start(REFRESH_GRACE=0)
    _, spent = log_in(app)
    new = refresh(app, spent)

    assert refresh(app, spent) == 401
    assert refresh(app, new) == 401


def test_token_before_the_last_spent_one_ends_the_login_at_once(each):
    _, first = log_in(each)
    second = refresh(each, first)
    third = refresh(each, second)

    assert refresh(each, first) == 401
    assert refresh(each, third) == 401


def test_end_of_one_login_is_not_the_end_of_another(app):
    _, first = log_in(app)
    _, other = log_in(app)
    refresh(app, refresh(app, first))

    assert refresh(app, first) == 401
    assert isinstance(refresh(app, other), str)


@pytest.fixture
def together(each):
    """A function that lets statements such as "UPDATE logins" begin only together.

    So requests at the same moment have all read what there was when the first writes.
    """

    def meet(beginning, how_many):
        barrier = threading.Barrier(how_many)

        def wait(connection, cursor, statement, parameters, context, executemany):
            if statement.startswith(beginning):
                barrier.wait(10)

        with each.app_context():
            engine = each.extensions["sqlalchemy"].engine
        sa.event.listen(engine, "before_cursor_execute", wait)
        return lambda: sa.event.remove(engine, "before_cursor_execute", wait)

    return meet


def test_refreshes_at_the_same_moment_give_the_same_token(each, at_once, together):
    _, token = log_in(each)
    apart = together("UPDATE logins", 3)

    tokens = at_once(3, lambda _: refresh(each, token))

    apart()
    assert len({read(each, token)["jti"] for token in tokens}) == 1
    assert run(each, "SELECT count(*) FROM logins") == [(1,)]
    assert isinstance(refresh(each, tokens[1]), str)


def test_logout_during_a_refresh_wins(each, models, after):
    access, token = log_in(each)
    after(models.LoginModel, "find", lambda: run(each, "DELETE FROM logins"))

    assert refresh(each, token) == 401
    assert refresh(each, token) == 401


@pytest.fixture
def after(monkeypatch):
    """A function that makes something happen once, right after a call of a method."""

    def arrange(owner, name, change):
        original = getattr(owner, name)

        def call(*arguments, **options):
            result = original(*arguments, **options)
            monkeypatch.undo()
            change()
            return result

        monkeypatch.setattr(owner, name, call)

    return arrange


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        ("POST /refresh", None),
        ("POST /item/Chair", {"price": 1, "store_id": 1}),
        ("PUT /item/Chair", {"price": 1, "store_id": 1}),
    ],
)
def test_request_of_a_user_who_is_deleted_meanwhile_is_401(
    each, models, after, request_, body
):
    access, token = log_in(each)
    ask(each, "POST /store/North", access)
    after(models.LoginModel, "find", lambda: run(each, "DELETE FROM users"))

    reply = ask(each, request_, token if "refresh" in request_ else access, body)

    assert reply.status_code == 401
    assert reply.json["error"] == "token_revoked"
    assert run(each, "SELECT count(*) FROM items") == [(0,)]


@pytest.mark.parametrize(
    ("request_", "body", "status"),
    [
        ("POST /logout", None, 200),
        ("DELETE /user/1", None, 404),
        ("POST /password", {"old": "open-sesame", "new": "another one"}, 422),
    ],
)
def test_user_who_is_deleted_meanwhile_is_no_mistake_of_ours(
    each, models, after, request_, body, status
):
    access, _ = log_in(each)
    after(models.LoginModel, "find", lambda: run(each, "DELETE FROM users"))

    assert ask(each, request_, access, body).status_code == status


def test_user_who_is_deleted_while_logging_in_is_401(each, models, after):
    users = models.UserModel
    after(users, "find_by_login", lambda: run(each, "DELETE FROM users"))

    reply = ask(each, "POST /login", body=ANA)

    assert reply.status_code == 401
    assert reply.json == {"message": "The username or the password is wrong."}
    assert run(each, "SELECT count(*) FROM logins") == [(0,)]


NEW_PASSWORD = "UPDATE users SET password_hash = 'another'"


def test_password_that_changes_while_it_is_compared_opens_nothing(each, models, after):
    after(models.UserModel, "find_by_login", lambda: run(each, NEW_PASSWORD))

    reply = ask(each, "POST /login", body=ANA)

    assert reply.status_code == 401
    assert reply.json == {"message": "The username or the password is wrong."}
    assert run(each, "SELECT count(*) FROM logins") == [(0,)]


def test_login_waits_for_a_change_of_the_password_that_is_under_way(start):
    """Otherwise, the change would not see the new login, and leave it alone."""
    app = start("postgresql")
    statuses = []

    def log_in_with_the_old_one():
        statuses.append(ask(app, "POST /login", body=ANA).status_code)

    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    login = threading.Thread(target=log_in_with_the_old_one)
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    with engine.begin() as change:
        change.execute(sa.text(NEW_PASSWORD))
        login.start()
        while login.is_alive() and run(app, waiting) == [(0,)]:
            login.join(0.01)
    login.join()

    assert statuses == [401]
    assert run(app, "SELECT count(*) FROM logins") == [(0,)]


def test_second_of_two_changes_of_a_password_is_refused(each, models, after):
    access, _ = log_in(each)
    after(models.UserModel, "has_password", lambda: run(each, NEW_PASSWORD))

    body = {"old": "open-sesame", "new": "a third one"}
    reply = ask(each, "POST /password", access, body)

    assert reply.status_code == 422
    assert run(each, "SELECT password_hash FROM users") == [("another",)]


def test_new_password_ends_all_other_logins(each):
    here, there = log_in(each), log_in(each)
    ask(each, "POST /register", body={"username": "bob", "password": "open-sesame"})
    of_bob = log_in(each, {"username": "bob", "password": "open-sesame"})

    body = {"old": "open-sesame", "new": "another one"}
    reply = ask(each, "POST /password", here[0], body)

    assert reply.status_code == 200
    assert [refresh(each, token[1]) for token in (there, there)] == [401, 401]
    assert ask(each, "GET /items", there[0]).status_code == 401
    assert isinstance(refresh(each, here[1]), str)
    assert isinstance(refresh(each, of_bob[1]), str)
    assert ask(each, "POST /login", body=ANA).status_code == 401
    log_in(each, {"username": "ana", "password": "another one"})


def test_deleted_user_has_no_logins_but_the_items_stay(each):
    access, token = log_in(each)
    ask(each, "POST /store/North", access)
    ask(each, "POST /item/Chair", access, {"price": 1, "store_id": 1})

    assert ask(each, "DELETE /user/1", access).status_code == 200

    assert refresh(each, token) == 401
    assert run(each, "SELECT count(*) FROM logins") == [(0,)]
    assert run(each, "SELECT name, creator_id FROM items") == [("Chair", None)]


def test_item_that_is_gone_again_was_in_the_way(app, models, after):
    access, _ = log_in(app)
    ask(app, "POST /store/North", access)
    body = {"price": 1, "store_id": 1}
    ask(app, "POST /item/Chair", access, body)
    after(models.UserModel, "find_by_id", lambda: run(app, "DELETE FROM items"))

    assert ask(app, "POST /item/Chair", access, body).status_code == 409


def test_refusal_for_another_reason_is_a_mistake_of_ours(app, models):
    access, _ = log_in(app)
    ask(app, "POST /store/North", access)

    with app.app_context(), pytest.raises(sa.exc.IntegrityError):
        models.ItemModel.add("Chair", -1, store_id=1, creator_id=1)


@pytest.fixture
def statements(each):
    """Every SQL statement that is run from now on, with its values."""
    run = []

    def record(connection, cursor, statement, parameters, context, executemany):
        run.append((statement, parameters))

    with each.app_context():
        engine = each.extensions["sqlalchemy"].engine
    sa.event.listen(engine, "before_cursor_execute", record)
    yield run
    sa.event.remove(engine, "before_cursor_execute", record)


@pytest.mark.parametrize(
    ("request_", "body", "others"),
    [
        ("GET /item/none", None, 1),
        ("GET /items", None, 2),  # how many there are, and a page of them
        ("GET /user/1", None, 0),
        ("DELETE /item/none", None, 0),  # which only admins may
        ("POST /store/North", None, 1),
        ("POST /logout", None, 1),
    ],
)
def test_token_costs_one_lookup(each, statements, request_, body, others):
    access, _ = log_in(each)
    statements.clear()

    ask(each, request_, access, body)

    assert len(statements) == 1 + others, statements
    assert sum("FROM logins" in text for text, _ in statements[:1]) == 1


def test_visitor_costs_no_lookup(each, statements):
    ask(each, "GET /items")

    assert not any("logins" in text for text, _ in statements)


def test_lookup_goes_by_the_primary_keys(each, statements):
    access, _ = log_in(each)
    statements.clear()
    ask(each, "POST /refresh", access)  # refused before anything is asked
    assert statements == []
    ask(each, "GET /user/1", access)
    [(lookup, values)] = statements

    with each.app_context():
        engine = each.extensions["sqlalchemy"].engine
    with engine.connect() as connection:
        if engine.name == "postgresql":
            # So few rows are read faster without an index, if there is a choice.
            connection.exec_driver_sql("SET enable_seqscan = off")
            explain, wanted = "EXPLAIN", ["logins_pkey", "users_pkey"]
        else:
            explain = "EXPLAIN QUERY PLAN"
            wanted = ["sqlite_autoindex_logins_1 (id=?)", "INTEGER PRIMARY KEY"]
        rows = connection.exec_driver_sql(f"{explain} {lookup}", values).all()

    plan = "\n".join(str(row) for row in rows)
    assert all(index in plan for index in wanted), plan
    assert "SCAN " not in plan and "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("column", "index"),
    [("user_id", "ix_logins_user_id"), ("expires_at", "ix_logins_expires_at")],
)
def test_whatever_else_logins_are_found_by_has_an_index(app, column, index):
    plan = run(app, f"EXPLAIN QUERY PLAN DELETE FROM logins WHERE {column} < 1")

    assert index in str(plan)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_moments_are_in_utc_whatever_the_database_says(start, models, kind):
    app = start(kind)
    if kind == "postgresql":
        run(app, "ALTER ROLE CURRENT_USER SET timezone = 'Asia/Tokyo'")
    before = datetime.now(UTC)
    try:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()  # later ones are in Tokyo
            user = models.UserModel.find("ana")
            login_id = models.LoginModel.start(user, timedelta(days=30)).id
        with app.app_context():
            expires_at = models.LoginModel.find(login_id).expires_at
    finally:
        if kind == "postgresql":
            run(app, "ALTER ROLE CURRENT_USER RESET timezone")

    assert expires_at.tzinfo is UTC
    assert timedelta(0) <= expires_at - before - timedelta(days=30)
    assert expires_at - before - timedelta(days=30) < timedelta(seconds=60)


def test_role_is_read_at_login_and_at_refresh(each):
    access, token = log_in(each)
    assert read(each, access)["role"] == "user"

    each.test_cli_runner().invoke(args=["grant-admin", "ana"])

    assert read(each, log_in(each)[0])["role"] == "admin"
    reply = ask(each, "POST /refresh", token)
    assert read(each, reply.json["access_token"])["role"] == "admin"


def test_role_that_is_taken_away_counts_at_once_for_what_only_admins_may(app):
    app.test_cli_runner().invoke(args=["grant-admin", "ana"])
    access, token = log_in(app)
    assert ask(app, "DELETE /item/none", access).status_code == 404
    assert ask(app, "GET /user/77", access).status_code == 404

    app.test_cli_runner().invoke(args=["revoke-admin", "ana"])

    assert ask(app, "DELETE /item/none", access).status_code == 403
    assert ask(app, "DELETE /store/none", access).status_code == 403
    assert ask(app, "GET /user/77", access).status_code == 403
    assert ask(app, "DELETE /user/77", access).status_code == 403


def test_role_that_is_taken_away_counts_elsewhere_at_the_next_refresh(app):
    app.test_cli_runner().invoke(args=["grant-admin", "ana"])
    access, token = log_in(app)
    ask(app, "POST /store/North", access)
    ask(app, "POST /item/Chair", access, {"price": 1, "store_id": 1})
    app.test_cli_runner().invoke(args=["revoke-admin", "ana"])

    [before] = ask(app, "GET /items", access).json["items"]
    access = ask(app, "POST /refresh", token).json["access_token"]
    [later] = ask(app, "GET /items", access).json["items"]

    assert "created_by" in before
    assert "created_by" not in later


@pytest.mark.parametrize(("seconds", "status"), [(3, 200), (8, 401)])
def test_clocks_may_differ_by_five_seconds(app, models, seconds, status):
    access, _ = log_in(app)
    expired = timedelta(seconds=-seconds)
    with app.app_context():
        user = models.UserModel.find("ana")
        claims = {"sid": read(app, access)["sid"]}
        late = create_access_token(
            user, expires_delta=expired, additional_claims=claims
        )

    assert ask(app, "GET /items", late).status_code == status


@pytest.mark.parametrize(
    "claims",
    [{}, {"sid": None}, {"sid": 1}, {"sid": "none"}, {"sub": "2"}, {"aud": "others"}],
    ids=str,
)
def test_token_that_names_no_login_of_that_user_is_refused(app, models, claims):
    access, _ = log_in(app)
    mine = {"sid": read(app, access)["sid"]} if "sub" in claims else {}
    with app.app_context():
        user = models.UserModel.find("ana")
        token = create_access_token(user, additional_claims=mine | claims)

    assert ask(app, "GET /items", token).status_code == 401

"""Sections 11 and 14: when logins end, what they cost, and concurrent requests."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask_jwt_extended import create_access_token, decode_token

from classroom.server import NO_LIMITS

ANA = {"username": "ana", "password": "open-sesame"}
# Both sections have the same models of users and logins, so one database for each.
KINDS = [("11", "postgresql"), ("14", "sqlite")]
on_sqlite = pytest.mark.parametrize(
    "kind", [("14", "sqlite")], ids="-".join, indirect=True
)
on_postgresql = pytest.mark.parametrize(
    "kind", [("11", "postgresql")], ids="-".join, indirect=True
)


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request):
    """A section, and the kind of its database."""
    return request.param


@pytest.fixture
def app(kind, make_app, request):
    """The app of each section, on each kind of database, with one user: ana."""
    section, database = kind
    if database == "sqlite":
        yield make_app(section, **NO_LIMITS)
        return
    url = request.getfixturevalue("postgresql")
    app = make_app(section, SQLALCHEMY_DATABASE_URI=url)
    yield app
    run(app, "TRUNCATE users, stores RESTART IDENTITY CASCADE")


@pytest.fixture
def models(kind, load):
    return load(kind[0], "models")


def send(app, request, token=None, body=None):
    """Return the response to a request such as "POST /login"."""
    method, path = request.split()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client().open(path, method=method, headers=headers, json=body)


def log_in(app, credentials=ANA):
    """Return the access token and the refresh token of a new login."""
    reply = send(app, "POST /login", body=credentials)
    assert reply.status_code == 200, reply.json
    return reply.json["access_token"], reply.json["refresh_token"]


def refresh(app, token):
    """Return the new refresh token, or the status if there is none."""
    reply = send(app, "POST /refresh", token)
    return reply.json.get("refresh_token", reply.status_code)


def read(app, token):
    """Return the claims of a token."""
    with app.app_context():
        return decode_token(token, allow_expired=True)


def get_engine(app):
    """Return the SQLAlchemy engine of an app."""
    with app.app_context():
        return app.extensions["sqlalchemy"].engine


def run(app, statement, **values):
    """Run an SQL statement in a connection of its own; return the rows."""
    with get_engine(app).begin() as connection:
        found = connection.execute(sa.text(statement), values)
        return [tuple(row) for row in found] if found.returns_rows else []


def command(app, *words):
    """Run a command of the app, such as grant-admin."""
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output


@pytest.fixture
def set_clock(kind, load, monkeypatch):
    """A function that sets the clock of logins, in seconds from now."""

    def set_it(seconds):
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + timedelta(seconds=seconds)

        monkeypatch.setattr(load(kind[0], "models.login"), "datetime", Clock)

    return set_it


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


@pytest.fixture
def simultaneously(app):
    """A function that makes statements such as "UPDATE logins" wait for each other.

    So the requests that send them have all read the same data before the first writes.
    """

    def hold(beginning, how_many):
        barrier = threading.Barrier(how_many)

        def wait(connection, cursor, statement, parameters, context, executemany):
            if statement.startswith(beginning):
                barrier.wait(10)

        engine = get_engine(app)
        sa.event.listen(engine, "before_cursor_execute", wait)
        return lambda: sa.event.remove(engine, "before_cursor_execute", wait)

    return hold


@pytest.fixture
def statements(app):
    """Every SQL statement from now on, with its values."""
    sent = []

    def record(connection, cursor, statement, parameters, context, executemany):
        sent.append((statement, parameters))

    engine = get_engine(app)
    sa.event.listen(engine, "before_cursor_execute", record)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", record)


# Refresh token rotation


def test_reuse_within_the_grace_period_returns_the_same_token(app, set_clock):
    _, rotated = log_in(app)
    first = refresh(app, rotated)
    set_clock(9)

    second = refresh(app, rotated)

    assert read(app, first)["jti"] == read(app, second)["jti"]
    assert isinstance(refresh(app, second), str)


def test_reuse_after_the_grace_period_ends_the_login(app, set_clock):
    access, rotated = log_in(app)
    new = refresh(app, rotated)
    set_clock(11)

    reply = send(app, "POST /refresh", rotated)

    assert reply.status_code == 401
    assert reply.json["error"] == "token_revoked"
    assert "ended" in reply.json["message"]
    assert refresh(app, new) == 401
    assert send(app, "GET /items", access).status_code == 401


def test_grace_period_is_a_setting(app):
    app.config["REFRESH_GRACE_PERIOD"] = 0
    _, rotated = log_in(app)
    new = refresh(app, rotated)

    assert refresh(app, rotated) == 401
    assert refresh(app, new) == 401


def test_reuse_of_an_earlier_token_ends_the_login_at_once(app):
    _, first = log_in(app)
    second = refresh(app, first)
    third = refresh(app, second)

    assert refresh(app, first) == 401
    assert refresh(app, third) == 401


def test_reuse_ends_one_login_and_no_other(app):
    _, first = log_in(app)
    _, other = log_in(app)
    refresh(app, refresh(app, first))

    assert refresh(app, first) == 401
    assert isinstance(refresh(app, other), str)


def test_simultaneous_refreshes_return_the_same_token(app, at_once, simultaneously):
    _, token = log_in(app)
    release = simultaneously("UPDATE logins", 3)

    tokens = at_once(3, lambda _: refresh(app, token))

    release()
    assert len({read(app, token)["jti"] for token in tokens}) == 1
    assert run(app, "SELECT count(*) FROM logins") == [(1,)]
    assert isinstance(refresh(app, tokens[1]), str)


def test_refreshed_login_is_stored_for_as_long_as_its_new_token(app):
    app.config["JWT_REFRESH_TOKEN_EXPIRES"] = 1
    _, token = log_in(app)
    app.config["JWT_REFRESH_TOKEN_EXPIRES"] = 60

    claims = read(app, refresh(app, token))

    [[expires_at]] = run(app, "SELECT expires_at FROM logins")
    stored = datetime.fromisoformat(str(expires_at))
    stored = stored.replace(tzinfo=stored.tzinfo or UTC)
    assert abs(stored.timestamp() - claims["exp"]) < 2


def test_logout_during_a_refresh_ends_the_login(app, models, after):
    access, token = log_in(app)
    after(models.LoginModel, "find", lambda: run(app, "DELETE FROM logins"))

    assert refresh(app, token) == 401
    assert refresh(app, token) == 401


# Users who are deleted, or change their password, during a request

CHAIR = {"price": 1, "store_id": 1}
PASSWORDS = {"old": "open-sesame", "new": "another one"}


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        ("POST /refresh", None),
        ("POST /item/Chair", CHAIR),
        ("PUT /item/Chair", CHAIR),
        ("POST /password", PASSWORDS),
    ],
)
def test_user_who_is_deleted_during_a_request_is_401(
    app, models, after, request_, body
):
    access, token = log_in(app)
    send(app, "POST /store/North", access)
    after(models.UserModel, "find", lambda: run(app, "DELETE FROM users"))

    reply = send(app, request_, token if "refresh" in request_ else access, body)

    assert reply.status_code == 401
    assert reply.json["error"] == "token_revoked"
    assert run(app, "SELECT count(*) FROM items") == [(0,)]


@pytest.mark.parametrize(
    ("request_", "status"), [("POST /logout", 200), ("DELETE /user/1", 404)]
)
def test_request_that_ends_what_has_just_ended_is_no_server_error(
    app, models, after, request_, status
):
    access, _ = log_in(app)
    after(models.UserModel, "find", lambda: run(app, "DELETE FROM users"))

    assert send(app, request_, access).status_code == status


def test_logout_during_a_change_of_the_password_is_401(app, models, after):
    access, _ = log_in(app)
    after(models.UserModel, "has_password", lambda: run(app, "DELETE FROM logins"))

    reply = send(app, "POST /password", access, PASSWORDS)

    assert reply.status_code == 401
    assert reply.json["error"] == "token_revoked"
    log_in(app)  # with the old password


NEW_PASSWORD = "UPDATE users SET password_hash = 'another'"


@pytest.mark.parametrize("change", ["DELETE FROM users", NEW_PASSWORD])
def test_credentials_that_change_during_a_login_are_401(app, models, after, change):
    after(models.UserModel, "find_by_login", lambda: run(app, change))

    reply = send(app, "POST /login", body=ANA)

    assert reply.status_code == 401
    assert reply.json == {"message": "The username or the password is wrong."}
    assert run(app, "SELECT count(*) FROM logins") == [(0,)]


@on_postgresql
def test_login_waits_for_a_concurrent_change_of_the_password(app):
    """Otherwise, the change would not see the new login, and would not end it."""
    statuses = []

    def log_in_with_the_old_password():
        statuses.append(send(app, "POST /login", body=ANA).status_code)

    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    login = threading.Thread(target=log_in_with_the_old_password)
    with get_engine(app).begin() as change:
        change.execute(sa.text(NEW_PASSWORD))
        login.start()
        while login.is_alive() and run(app, waiting) == [(0,)]:
            login.join(0.01)
    login.join()

    assert statuses == [401]
    assert run(app, "SELECT count(*) FROM logins") == [(0,)]


def test_second_of_two_changes_of_a_password_is_refused(app, models, after):
    access, _ = log_in(app)
    after(models.UserModel, "has_password", lambda: run(app, NEW_PASSWORD))

    reply = send(app, "POST /password", access, PASSWORDS)

    assert reply.status_code == 422
    assert run(app, "SELECT password_hash FROM users") == [("another",)]


def test_new_password_ends_all_other_logins(app):
    here, there = log_in(app), log_in(app)
    bob = {"username": "bob", "password": "open-sesame"}
    send(app, "POST /register", body=bob)
    of_bob = log_in(app, bob)

    reply = send(app, "POST /password", here[0], PASSWORDS)

    assert reply.status_code == 200
    assert refresh(app, there[1]) == 401
    assert send(app, "GET /items", there[0]).status_code == 401
    assert isinstance(refresh(app, here[1]), str)
    assert isinstance(refresh(app, of_bob[1]), str)
    assert send(app, "POST /login", body=ANA).status_code == 401
    log_in(app, {"username": "ana", "password": "another one"})


def test_deleted_user_has_no_logins_but_the_items_stay(app):
    access, token = log_in(app)
    send(app, "POST /store/North", access)
    send(app, "POST /item/Chair", access, CHAIR)

    assert send(app, "DELETE /user/1", access).status_code == 200

    assert refresh(app, token) == 401
    assert run(app, "SELECT count(*) FROM logins") == [(0,)]
    assert run(app, "SELECT name, creator_id FROM items") == [("Chair", None)]


def test_name_that_was_taken_is_a_conflict_even_if_it_is_free_again(
    app, kind, load, after
):
    access, _ = log_in(app)
    send(app, "POST /store/North", access)
    send(app, "POST /item/Chair", access, CHAIR)
    session = load(kind[0], "db").db.session
    after(session, "rollback", lambda: run(app, "DELETE FROM items"))

    assert send(app, "POST /item/Chair", access, CHAIR).status_code == 409


# What a token costs


@pytest.mark.parametrize(
    ("request_", "others"),
    [
        ("GET /item/none", 1),
        ("GET /items", 2),  # how many there are, and a page of them
        ("GET /user/1", 0),
        ("DELETE /item/none", 0),  # for admins only
        ("POST /store/North", 1),
        ("POST /logout", 1),
    ],
)
def test_token_costs_two_lookups(app, statements, request_, others):
    access, _ = log_in(app)
    statements.clear()

    send(app, request_, access)

    assert len(statements) == 2 + others, statements
    assert "FROM logins" in statements[0][0]
    assert "FROM users" in statements[1][0]


def test_visitor_costs_no_lookup(app, statements):
    send(app, "GET /items")

    assert len(statements) == 2, statements
    assert not any("logins" in text for text, _ in statements)


def test_token_of_the_wrong_kind_costs_nothing(app, statements):
    access, _ = log_in(app)
    statements.clear()

    assert refresh(app, access) == 401

    assert statements == []


def test_lookups_use_the_primary_keys(app, statements):
    access, _ = log_in(app)
    statements.clear()
    send(app, "GET /user/1", access)
    lookups = list(statements)

    plans = []
    with get_engine(app).connect() as connection:
        explain = "EXPLAIN QUERY PLAN"
        indexes = ["sqlite_autoindex_logins_1 (id=?)", "INTEGER PRIMARY KEY"]
        if connection.engine.name == "postgresql":
            # It reads so few rows faster without an index, if there is a choice.
            connection.exec_driver_sql("SET enable_seqscan = off")
            explain, indexes = "EXPLAIN", ["logins_pkey", "users_pkey"]
        for lookup, values in lookups:
            rows = connection.exec_driver_sql(f"{explain} {lookup}", values)
            plans.append("\n".join(map(str, rows)))

    for index, plan in zip(indexes, plans, strict=True):
        assert index in plan


@on_sqlite
@pytest.mark.parametrize(
    ("column", "index"),
    [("user_id", "ix_logins_user_id"), ("expires_at", "ix_logins_expires_at")],
)
def test_logins_are_deleted_by_an_index(app, column, index):
    plan = run(app, f"EXPLAIN QUERY PLAN DELETE FROM logins WHERE {column} < 1")

    assert index in str(plan)


# Timestamps and roles


def test_timestamps_are_in_utc_whatever_the_database_is_set_to(app, kind, models):
    if kind[1] == "postgresql":
        run(app, "ALTER ROLE CURRENT_USER SET timezone = 'Asia/Tokyo'")
    before = datetime.now(UTC)
    try:
        get_engine(app).dispose()  # new connections are in Tokyo
        with app.app_context():
            user = models.UserModel.find_by_login(*ANA.values())
            login_id = models.LoginModel.start(user, timedelta(days=30)).id
        with app.app_context():
            expires_at = models.LoginModel.find(login_id).expires_at
    finally:
        if kind[1] == "postgresql":
            run(app, "ALTER ROLE CURRENT_USER RESET timezone")

    assert expires_at.tzinfo is UTC
    passed = expires_at - before - timedelta(days=30)
    assert timedelta(0) <= passed < timedelta(seconds=60)


def test_role_is_read_at_login_and_at_refresh(app):
    access, token = log_in(app)
    assert read(app, access)["role"] == "user"

    command(app, "grant-admin", "ana")

    assert read(app, log_in(app)[0])["role"] == "admin"
    reply = send(app, "POST /refresh", token)
    assert read(app, reply.json["access_token"])["role"] == "admin"


def test_revoked_role_counts_at_once_for_what_only_admins_may_do(app):
    command(app, "grant-admin", "ana")
    access, token = log_in(app)
    assert send(app, "DELETE /item/none", access).status_code == 404
    assert send(app, "GET /user/77", access).status_code == 404

    command(app, "revoke-admin", "ana")

    assert send(app, "DELETE /item/none", access).status_code == 403
    assert send(app, "DELETE /store/none", access).status_code == 403
    assert send(app, "GET /user/77", access).status_code == 403
    assert send(app, "DELETE /user/77", access).status_code == 403


def test_revoked_role_counts_for_lists_at_the_next_refresh(app):
    command(app, "grant-admin", "ana")
    access, token = log_in(app)
    send(app, "POST /store/North", access)
    send(app, "POST /item/Chair", access, CHAIR)
    command(app, "revoke-admin", "ana")

    [before] = send(app, "GET /items", access).json["items"]
    access = send(app, "POST /refresh", token).json["access_token"]
    [later] = send(app, "GET /items", access).json["items"]

    assert "created_by" in before
    assert "created_by" not in later


@pytest.mark.parametrize(
    "claims", [{}, {"sid": None}, {"sid": 1}, {"sid": "none"}, {"sub": "2"}], ids=str
)
def test_token_without_a_login_or_a_user_is_revoked(app, models, claims):
    """Tokens of section 07 have no claim sid."""
    access, _ = log_in(app)
    login = {"sid": read(app, access)["sid"]} if "sub" in claims else {}
    with app.app_context():
        user = models.UserModel.find_by_login(*ANA.values())
        token = create_access_token(user, additional_claims=login | claims)

    reply = send(app, "GET /items", token)

    assert reply.status_code == 401
    assert reply.json["error"] == "token_revoked"

"""Sections 11 and 14: how long tokens live, and the commands for roles and logins."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
import sqlalchemy as sa

ANA = {"username": "ana", "password": "open-sesame"}
BOB = {"username": "bob", "password": "open-sesame"}


@pytest.fixture(params=["11", "14"])
def start(make_app, request):
    """A function that makes the app of each section, with settings."""
    return lambda **settings: make_app(request.param, **settings)


def log_in(app):
    """Return the access token and the refresh token of a new login."""
    reply = app.test_client().post("/login", json=ANA)
    return reply.json["access_token"], reply.json["refresh_token"]


def send(app, request, token):
    """Return the response to a request such as "GET /items", with a token."""
    method, path = request.split()
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().open(path, method=method, headers=headers)


def read(token):
    """Return the claims of a token, whichever key signed it."""
    return jwt.decode(token, options={"verify_signature": False})


def command(app, *words):
    """Return the result of a command of the app."""
    return app.test_cli_runner().invoke(args=words)


def test_tokens_live_for_15_minutes_and_30_days(start):
    claims = [read(token) for token in log_in(start())]

    assert [c["exp"] - c["iat"] for c in claims] == [15 * 60, 30 * 24 * 60 * 60]


def test_lifetimes_come_from_the_environment(start, monkeypatch):
    monkeypatch.setenv("FLASK_JWT_ACCESS_TOKEN_EXPIRES", "2")
    monkeypatch.setenv("FLASK_JWT_REFRESH_TOKEN_EXPIRES", "60")
    monkeypatch.setenv("FLASK_REFRESH_GRACE_PERIOD", "0")
    app = start()

    access, token = log_in(app)

    claims = read(access), read(token)
    assert [c["exp"] - c["iat"] for c in claims] == [2, 60]
    statuses = [send(app, "POST /refresh", token).status_code for _ in range(2)]
    assert statuses == [200, 401]


def test_token_of_another_key_is_invalid(start):
    access, token = log_in(start(JWT_SECRET_KEY="the first key " * 3))

    app = start(JWT_SECRET_KEY="the second key " * 3)

    for request, other in ("GET /items", access), ("POST /refresh", token):
        reply = send(app, request, other)
        assert reply.status_code == 401
        assert reply.json["error"] == "invalid_token"


def test_role_is_granted_and_revoked_by_name(start):
    app = start()
    access, _ = log_in(app)

    granted = command(app, "grant-admin", "ana")
    assert send(app, "GET /user/1", access).json["role"] == "admin"
    revoked = command(app, "revoke-admin", "ana")
    assert send(app, "GET /user/1", access).json["role"] == "user"

    assert (granted.exit_code, granted.output) == (0, "ana has the role admin.\n")
    assert (revoked.exit_code, revoked.output) == (0, "ana has the role user.\n")


def test_role_is_granted_to_one_user_only(start):
    app = start()
    app.test_client().post("/register", json=BOB)

    command(app, "grant-admin", "bob")

    assert send(app, "GET /user/1", log_in(app)[0]).json["role"] == "user"


@pytest.mark.parametrize("name", ["grant-admin", "revoke-admin"])
def test_unknown_username_is_an_error(start, name):
    result = command(start(), name, "maria")

    assert result.exit_code == 1
    assert result.output == "Error: There is no user named 'maria'.\n"


@pytest.mark.parametrize(
    "words", [("grant-admin", "ana"), ("revoke-admin", "ana"), ("purge-tokens",)]
)
def test_command_without_tables_says_what_to_run_first(start, words):
    result = command(start(tables=False), *words)

    assert result.exit_code == 1
    assert "Error: The database is not ready. Run flask db upgrade" in result.output


def test_purge_deletes_expired_logins_only(start):
    app = start()
    expired = [log_in(app), log_in(app)]
    _, active = log_in(app)
    ids = [read(token)["sid"] for token, _ in expired]
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        past = datetime.now(UTC) - timedelta(seconds=1)
        logins = db.metadata.tables["logins"]
        update = sa.update(logins).where(logins.c.id.in_(ids))
        db.session.execute(update.values(expires_at=past))
        db.session.commit()

    first, second = command(app, "purge-tokens"), command(app, "purge-tokens")

    assert (first.exit_code, first.output) == (0, "2 expired logins are deleted.\n")
    assert second.output == "0 expired logins are deleted.\n"
    assert send(app, "POST /refresh", active).status_code == 200

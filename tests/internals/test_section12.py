"""What only the code of section 12 can show: refusals, commands, and a pipeline."""

import hashlib
import sys

import mongoengine
import pytest

KEY = "0123456789abcdef" * 4
DATABASE = "mongodb://127.0.0.1:1/nowhere"


@pytest.fixture
def site(make_app):
    """A function that makes the site with settings, and closes its connection."""
    yield lambda **settings: make_app("12", **settings)
    mongoengine.disconnect()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"SECRET_KEY": "", "MONGO_URI": DATABASE}, "FLASK_SECRET_KEY"),
        ({"SECRET_KEY": "short", "MONGO_URI": DATABASE}, "FLASK_SECRET_KEY"),
        ({"SECRET_KEY": KEY, "MONGO_URI": ""}, "MONGO_URI"),
    ],
)
def test_production_needs_a_key_and_a_database(monkeypatch, site, settings, message):
    monkeypatch.setenv("FLASK_PRODUCTION", "true")

    with pytest.raises(RuntimeError, match=f"^{message} must be"):
        site(**settings)


def test_production_has_secure_cookies_and_no_demo_users(monkeypatch, load):
    monkeypatch.setenv("DYNO", "web.1")

    config = load("12", "config")

    assert config.SESSION_COOKIE_SECURE
    assert config.REMEMBER_COOKIE_SECURE
    assert config.DEMO_PASSWORD == ""


@pytest.mark.parametrize("command", [["seed"], ["grant-admin", "ana@example.edu"]])
@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("", "There is no database: set MONGO_URI."),
        (DATABASE, "The database does not respond."),
    ],
)
def test_command_without_a_database_says_so(site, command, uri, message):
    app = site(MONGO_URI=uri, MONGO_TIMEOUT=0.1)

    result = app.test_cli_runner().invoke(args=command)

    assert result.exit_code == 1
    assert message in result.output


def test_seed_can_be_repeated_and_admins_can_be_made(site, mongodb):
    app = site(MONGO_URI=f"{mongodb.url}/commands")
    run = app.test_cli_runner().invoke

    outputs = [run(args=["seed"]).output for _ in range(2)]
    assert outputs == ["The database has the 13 courses and 3 demo users.\n"] * 2
    assert "is an admin" in run(args=["grant-admin", " ANA@example.edu"]).output
    assert "There is no user" in run(args=["grant-admin", "x@y.example"]).output
    reply = app.test_client().get("/api/", auth=("ana@example.edu", "open-sesame"))
    assert [user["is_admin"] for user in reply.json["users"]] == [True, False, True]


def test_indexes_are_those_that_the_queries_need(site, mongodb):
    app = site(MONGO_URI=f"{mongodb.url}/indexes")
    app.test_cli_runner().invoke(args=["seed"])

    models = sys.modules["enrollment.models"]
    indexes = {
        model.__name__: [
            ([name for name, _ in index["key"]], index.get("unique", False))
            for index in model._get_collection().index_information().values()
        ]
        for model in (models.User, models.Course, models.Enrollment)
    }

    assert (["email"], True) in indexes["User"]
    assert (["code"], True) in indexes["Course"]
    assert (["term"], False) in indexes["Course"]
    assert (["user", "course"], True) in indexes["Enrollment"]


def test_pipeline_matches_first(load):
    stages = load("12", "enrollment.pipelines").courses_of("an id")

    assert stages[0] == {"$match": {"_id": "an id"}}
    names = ["$match", "$lookup", "$unwind", "$lookup", "$unwind", "$sort"]
    assert [name for stage in stages for name in stage] == names


@pytest.mark.parametrize("email", ["ana@example.edu", "unknown@example.edu"])
def test_wrong_login_costs_one_hash_whether_the_user_exists_or_not(
    site, monkeypatch, email
):
    app = site()
    costs, scrypt = [], hashlib.scrypt

    def record(password, *, n, r, p, **options):
        costs.append((n, r, p))
        return scrypt(password, n=n, r=r, p=p, **options)

    monkeypatch.setattr(hashlib, "scrypt", record)
    reply = app.test_client().get("/api/", auth=(email, "wrong"))

    assert reply.status_code == 401
    assert costs == [(128, 1, 1)]  # the cost in the fixture site


def test_password_is_stored_as_a_salted_hash_only(site):
    app = site()
    models = sys.modules["enrollment.models"]
    with app.app_context():
        hashes = models.User.objects.scalar("password_hash")

        assert len(set(hashes)) == 3  # although all have the same password
        assert all(each.startswith("scrypt:128:1:1$") for each in hashes)
        assert "open-sesame" not in repr(
            [user.to_mongo() for user in models.User.objects]
        )


@pytest.mark.parametrize("path", ["/crash", "/api/crash"])
def test_crash_shows_no_details(site, path):
    app = site(PROPAGATE_EXCEPTIONS=False)
    app.add_url_rule(path, view_func=lambda: 1 / 0)

    reply = app.test_client().get(path)

    assert reply.status_code == 500
    assert "division" not in reply.text
    is_page = "<h1>Internal Server Error</h1>" in reply.text
    is_json = list(reply.json or {}) == ["message"]
    assert (is_page, is_json) == (path == "/crash", path != "/crash")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_deleting_a_user_deletes_the_enrollments(site):
    app = site()
    models = sys.modules["enrollment.models"]
    with app.app_context():
        ana = models.User.objects(email="ana@example.edu").get()
        models.Enrollment.add(ana, models.Course.objects(code="CS101").get())

        ana.delete()

        assert models.Enrollment.objects.count() == 0

"""The JSON API over users, which is for admins only."""

import secrets

import pytest

BIG = 2 * 1024 * 1024  # bytes


@pytest.fixture
def api(site, admin):
    """A session with the API, as an admin."""
    site.auth = admin["email"], admin["password"]
    return site


@pytest.fixture
def eve():
    """What the API needs for a new user."""
    return {
        "email": f"eve-{secrets.token_hex(6)}@example.edu",
        "password": "correct horse 13",
        "first_name": "Eve",
        "last_name": "Adams",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/"),
        ("POST", "/api/"),
        ("GET", "/api/65a1b2c3d4e5f60718293a4b"),
        ("PUT", "/api/65a1b2c3d4e5f60718293a4b"),
        ("DELETE", "/api/65a1b2c3d4e5f60718293a4b"),
    ],
)
def test_request_without_a_login_is_401(site, method, path):
    reply = site.request(method, path)

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert list(reply.json()) == ["message"]


@pytest.mark.parametrize("login", ["Bearer x", "Basic", "Basic !", "Basic eA=="])
def test_login_that_cannot_be_read_is_401(site, login):
    reply = site.get("/api/", headers={"Authorization": login})

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")


def test_wrong_password_is_401(site, admin):
    reply = site.get("/api/", auth=(admin["email"], "wrong"))

    assert reply.status_code == 401


def test_student_is_403(site, user):
    reply = site.get("/api/", auth=(user["email"], user["password"]))

    assert reply.status_code == 403
    assert reply.json() == {"message": "Only an admin may do this."}


def test_session_of_the_pages_is_no_login_for_the_api(site, admin, login):
    login(site, admin)

    assert site.get("/api/").status_code == 401


def test_users_are_listed_page_by_page(api, eve):
    api.post("/api/", json=eve)

    first = api.get("/api/", params={"page_size": 2})
    second = api.get("/api/", params={"page_size": 2, "page": 2})

    ids = [user["id"] for user in first.json()["users"] + second.json()["users"]]
    assert ids == sorted(set(ids))
    assert len(first.json()["users"]) == 2
    assert '"total": ' in first.headers["X-Pagination"]


def test_create_show_change_and_delete_a_user(api, eve):
    created = api.post("/api/", json=eve)
    assert created.status_code == 201
    url = created.headers["Location"]
    assert api.get(url).json() == created.json()

    names = {"first_name": "Eva", "last_name": "Adler", "email": f"x{eve['email']}"}
    changed = api.put(url, json=names)
    assert changed.status_code == 200
    assert api.get(url).json() == created.json() | names

    assert list(api.delete(url).json()) == ["message"]
    assert api.get(url).status_code == 404
    assert api.delete(url).status_code == 404
    assert api.put(url, json=names).status_code == 404


def test_response_has_no_password_and_no_hash(api, eve):
    created = api.post("/api/", json=eve)

    fields = ["email", "first_name", "id", "is_admin", "last_name", "login_count"]
    assert sorted(created.json()) == fields
    for reply in created, api.get(created.headers["Location"]), api.get("/api/"):
        assert "password" not in reply.text
        assert "scrypt" not in reply.text


def test_created_user_can_log_in(api, eve, new_site, login):
    api.post("/api/", json=eve)

    assert eve["email"] in login(new_site(), eve).get("/user").text


def test_deleted_user_is_logged_out_and_has_no_enrollments(api, eve, new_site, login):
    url = api.post("/api/", json=eve).headers["Location"]
    student = login(new_site(), eve)
    student.submit("/enrollment/confirm?course=CS101", "/enrollment")

    api.delete(url)

    assert "Please log in first." in student.get("/enrollment").text


def test_address_of_another_user_is_409(api, eve, user):
    created = api.post("/api/", json=eve | {"email": user["email"].upper()})
    url = api.post("/api/", json=eve).headers["Location"]
    names = {"first_name": "Eve", "last_name": "Adams", "email": user["email"]}
    changed = api.put(url, json=names)

    message = {"message": "This email address is already registered."}
    for reply in created, changed:
        assert reply.status_code == 409
        assert reply.json() == message


def test_of_several_at_once_one_user_is_created(api, eve, at_once):
    replies = at_once(5, lambda number: api.post("/api/", json=eve))

    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", {"$gt": ""}),
        ("email", "nonsense"),
        ("email", None),
        ("password", {"$ne": ""}),
        ("password", "short"),
        ("password", 12345678),
        ("first_name", ["Eve"]),
        ("first_name", ""),
        ("first_name", "  "),
        ("first_name", "x" * 51),
        ("last_name", "a\nb"),
        ("last_name", "\ud800"),
        ("is_admin", True),
        ("id", "65a1b2c3d4e5f60718293a4b"),
        ("password_hash", "x"),
        ("$set", {"is_admin": True}),
    ],
)
def test_invalid_field_is_422(api, eve, field, value):
    reply = api.post("/api/", json=eve | {field: value})

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == [field]


@pytest.mark.parametrize("field", ["email", "first_name", "last_name", "password"])
def test_missing_field_is_422(api, eve, field):
    del eve[field]

    reply = api.post("/api/", json=eve)

    assert list(reply.json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("email=a", "application/x-www-form-urlencoded", 415),
        ("", None, 415),
        ("[]", "application/json", 422),
        ("x" * BIG, "application/json", 413),
    ],
    ids=["cut off", "deep", "form", "empty", "list", "big"],
)
def test_bad_body_is_an_error_in_json(api, body, content_type, status):
    headers = {"Content-Type": content_type}

    reply = api.post("/api/", data=body, headers=headers)

    assert reply.status_code == status
    assert reply.json()["message"]


@pytest.mark.parametrize("user_id", ["1", "x", "'", "%00", "0" * 24, "ſ" * 24, "%24gt"])
def test_id_of_no_user_is_404(api, user_id):
    reply = api.get(f"/api/{user_id}")

    assert reply.status_code == 404
    assert reply.json()["message"]


@pytest.mark.parametrize("page", [{"page": 0}, {"page": "x"}, {"page_size": 101}])
def test_page_that_cannot_be_is_422(api, page):
    assert api.get("/api/", params=page).status_code == 422


def test_unknown_url_under_api_is_json(site):
    reply = site.get("/api/no/such/url")

    assert reply.status_code == 404
    assert list(reply.json()) == ["message"]


def test_openapi_describes_each_route(site):
    document = site.get("/openapi.json").json()

    routes = {
        url: sorted(set(path) - {"parameters"})
        for url, path in document["paths"].items()
    }
    assert routes == {
        "/api/": ["get", "post"],
        "/api/{user_id}": ["delete", "get", "put"],
    }
    assert document["components"]["securitySchemes"]["basic"]["scheme"] == "basic"
    shown = document["components"]["schemas"]["User"]["properties"]
    assert not [name for name in shown if "password" in name]

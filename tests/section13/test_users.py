"""Registration, the confirmation of an address, and users as a collection."""

import pytest

pytestmark = pytest.mark.xdist_group("section13")  # they share a server

PASSWORD = "correct horse"


def test_registration_is_complete_with_the_link_in_the_mail(api, mailbox, email):
    new = {"name": "María", "email": email.upper(), "password": PASSWORD}
    credentials = {"email": email, "password": PASSWORD}

    registered = api.post("/api/users", json=new)
    before = api.post("/api/auth/login", json=credentials)
    message = mailbox.wait_for(email)
    link = next(w for w in message["text"].split() if "/api/confirmations/" in w)
    path = link.removeprefix("http://localhost:5000")
    opened = api.get(path, allow_redirects=False)
    after = api.post("/api/auth/login", json=credentials)

    assert registered.status_code == 202
    assert (before.status_code, before.json()["error"]) == (
        403,
        "address_not_confirmed",
    )
    assert link in message["html"]
    assert "María" in message["text"]
    assert opened.status_code == 302
    assert opened.headers["Location"] == "http://localhost:4200/login?confirmed=yes"
    assert after.status_code == 200
    assert after.json()["user"] == {
        "id": after.json()["user"]["id"],
        "name": "María",
        "email": email,
        "role": "user",
        "reminders": True,
    }


def test_link_that_is_not_ours_confirms_nothing(api):
    reply = api.get("/api/confirmations/W10.x.y", allow_redirects=False)

    assert reply.status_code == 302
    assert reply.headers["Location"].endswith("/login?confirmed=no")


def test_response_does_not_tell_that_an_address_is_registered(api, mailbox, user):
    new = {"name": "Eve", "email": user.email, "password": "another password"}

    reply = api.post("/api/users", json=new)
    message = mailbox.wait_for(user.email, 2)
    user.log_in()  # with the old password

    assert reply.status_code == 202
    assert reply.json()["message"].startswith(f"A mail is on its way to {user.email}")
    assert message["headers"]["Subject"] == "You have an account already"
    assert "Eve" not in message["text"]


def test_newer_registration_replaces_one_that_is_not_confirmed(api, mailbox, email):
    attacker = {"name": "Eve", "email": email, "password": "known to the attacker"}
    owner = {"name": "María", "email": email, "password": PASSWORD}

    api.post("/api/users", json=attacker)
    first = mailbox.wait_for(email)
    api.post("/api/users", json=owner)
    second = mailbox.wait_for(email, 2)
    results = [open_link(api, message) for message in (first, second)]
    reply = api.post("/api/auth/login", json={"email": email, "password": PASSWORD})

    assert results == ["no", "yes"]
    assert reply.json()["user"]["name"] == "María"


def open_link(api, message):
    """Open the link in a mail; return the answer in the redirect."""
    link = next(w for w in message["text"].split() if "/api/confirmations/" in w)
    path = link.removeprefix("http://localhost:5000")
    return api.get(path, allow_redirects=False).headers["Location"].rpartition("=")[2]


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", ""),
        ("name", "x" * 41),
        ("name", "Ana\r\nBcc: eve@example.com"),
        ("name", "Ana\u2028Bcc: eve@example.com"),
        ("name", "\ud800"),
        ("email", "no address"),
        ("email", "ana@example.com\nBcc: eve@example.com"),
        ("email", "a@example.com, b@example.com"),
        ("email", "Ana <ana@example.com>"),
        ("email", "ñ@example.com"),
        ("email", f"{'a' * 250}@example.com"),
        ("email", 1),
        ("password", "short"),
        ("password", "x" * 129),
        ("password", "nul\0nul\0nul"),
        ("role", "admin"),
    ],
)
def test_registration_with_a_wrong_field_is_invalid(api, email, field, value):
    new = {"name": "María", "email": email, "password": PASSWORD} | {field: value}

    reply = api.post("/api/users", json=new)

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == [field]


def test_body_that_is_no_json_is_a_bad_request(api):
    json = {"Content-Type": "application/json"}

    assert api.post("/api/users", data="{", headers=json).status_code == 400
    assert api.post("/api/users", data={"name": "María"}).status_code == 415


def test_only_admins_list_users(api, user, admin):
    forbidden = user.api.get("/api/users")
    listed = admin.api.get("/api/users?page_size=1")

    assert api.get("/api/users").status_code == 401
    assert forbidden.status_code == 403
    assert "insufficient_scope" in forbidden.headers["WWW-Authenticate"]
    assert [each["email"] for each in listed.json()["users"]] == ["ana@example.com"]
    assert '"next_page": 2' in listed.headers["X-Pagination"]


def test_users_see_and_change_only_themselves(user, admin):
    path = f"/api/users/{user.id}"
    new = {"name": "María José", "reminders": False}

    assert user.api.get(path).json()["email"] == user.email
    assert user.api.put(path, json=new).json()["name"] == "María José"
    assert user.api.put(path, json=new | {"role": "admin"}).status_code == 422
    assert user.api.get(f"/api/users/{admin.id}").status_code == 403
    assert user.api.get("/api/users/999999").status_code == 403
    assert admin.api.get(path).json()["reminders"] is False
    assert admin.api.get("/api/users/999999").status_code == 404
    assert admin.api.get("/api/users/99999999999999999999").status_code == 404


def test_deleted_user_is_gone_with_all_data(api, user):
    added = user.api.post("/api/lists", json={"name": "Mine"}).json()
    user.api.post(
        f"/api/lists/{added['id']}/words", json={"spanish": "sí", "english": "yes"}
    )

    deleted = user.api.delete(f"/api/users/{user.id}")
    after = user.api.get("/api/lists")
    credentials = {"email": user.email, "password": user.password}
    login = api.post("/api/auth/login", json=credentials)

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (after.status_code, after.json()["error"]) == (401, "token_revoked")
    assert (login.status_code, login.json()["error"]) == (401, "wrong_credentials")

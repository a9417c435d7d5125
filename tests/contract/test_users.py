import base64
import json

import pytest

from classroom.contract import since
from classroom.server.client import Api

pytestmark = since("04")  # and, where it says so, later

# None begins with the id of a user: a server that reads only the start would delete it.
NO_IDS = [
    *("0", "-1", f"{2**31}.0", "9e99", "abc", str(2**31), str(2**63), "9" * 30),
    *("1" + "0" * 3000, "9" * 5000, "%07", "%20", "é", "None", "' OR ''='", "true"),
]


@pytest.fixture(scope="module")
def refusal(address):
    """The response to unknown credentials."""
    with Api(address) as api:
        stranger = {"username": "nobody", "password": "nothing"}
        return api.post("/login", json=stranger).json()


@pytest.mark.parametrize("path", ["/login", "/auth"])
def test_login_gives_a_token_that_opens(api, login, new_name, priced, path):
    """POST /login, also at /auth, returns 200 with an access token that is accepted."""
    username, password = login

    reply = api.post(path, json={"username": username, "password": password})

    assert reply.status_code == 200
    headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    item = api.post(f"/item/{new_name()}", json=priced(1), headers=headers)
    assert item.status_code == 201


@pytest.mark.parametrize(
    "username, password",
    [
        *(
            ("ana", "wrong"),
            ("ana", ""),
            ("ana", "Open-Sesame"),
            ("ana", " open-sesame"),
        ),
        *(("bob", "open-sesame"), ("", ""), ("Ana", "open-sesame"), ("a" * 5000, "x")),
        *(("ana", "x" * 5000), ("ana", "open-sesame\u200b")),
        *(("' OR '1'='1", "' OR '1'='1"), ("ana'--", "x"), ("%", "%"), ("日本", "店")),
    ],
    ids=lambda text: ascii(text[:16]),
)
def test_login_with_a_wrong_name_or_password_is_refused(
    api, refusal, username, password
):
    """POST /login returns the same 401 for a wrong username and a wrong password."""
    reply = api.post("/login", json={"username": username, "password": password})

    assert reply.status_code == 401
    assert reply.json()["message"]
    assert reply.json() == refusal
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "value",
    # To scrypt, zeros at the end make no difference: they must not get that far.
    [None, True, 7, 1.5, ["ana"], {"a": 1}, "\ud83d", "ana\0", "open-sesame\0"],
    ids=ascii,
)
@pytest.mark.parametrize("field", ["username", "password"])
def test_login_with_what_is_no_text_is_refused(api, field, value):
    """POST /login returns 422 for a username or password that is not a valid string."""
    body = {"username": "ana", "password": "open-sesame", field: value}

    reply = api.post("/login", json=body)

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == [field]
    assert reply.json()["message"]


def test_login_names_missing_and_unknown_fields(api):
    """POST /login returns 422 for missing and unknown fields, and names each."""
    reply = api.post("/login", json={"user": "ana"})

    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {"username", "password", "user"}


def test_login_is_not_for_get(api):
    """GET /login returns 405: a password has no place in a URL."""
    reply = api.get("/login?username=ana&password=open-sesame")

    assert reply.status_code == 405
    assert "POST" in reply.headers["Allow"]


@since("05")
def test_register_returns_the_user(api, new_user):
    """POST /register returns 201 with the new user, and not with the password."""
    reply = api.post("/register", json=new_user)

    assert reply.status_code == 201
    assert set(reply.json()) == {"id", "username", "message"}
    assert isinstance(reply.json()["id"], int)
    assert reply.json()["username"] == new_user["username"]
    assert new_user["password"] not in reply.text


@since("05")
def test_registered_user_can_log_in(api, new_user, new_name, priced):
    """POST /register lets the new user log in, with a token that is accepted."""
    api.post("/register", json=new_user)

    reply = api.post("/login", json=new_user)

    assert reply.status_code == 200
    headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    item = api.put(f"/item/{new_name()}", json=priced(1), headers=headers)
    assert item.status_code == 201


@since("05")
def test_registered_users_have_their_own_passwords(api, new_user, new_name):
    """POST /login returns 401 for the password of another user."""
    other = {"username": new_name(), "password": "battery staple"}
    api.post("/register", json=new_user)
    api.post("/register", json=other)

    reply = api.post("/login", json={**new_user, "password": other["password"]})

    assert reply.status_code == 401


@since("05")
def test_register_a_taken_name_conflicts(api, new_user):
    """POST /register returns 409 for a username that is in use; the password stays."""
    api.post("/register", json=new_user)

    reply = api.post("/register", json={**new_user, "password": "battery staple"})

    assert reply.status_code == 409
    assert new_user["username"] in reply.json()["message"]
    assert api.post("/login", json=new_user).status_code == 200


@since("05")
def test_register_trims_the_username_and_not_the_password(api, new_user):
    """POST /register removes whitespace around a username, but not in a password."""
    name, password = new_user["username"], f"  {new_user['password']} "

    reply = api.post("/register", json={"username": f" {name} ", "password": password})

    assert reply.json()["username"] == name
    login = {"username": name, "password": password}
    assert api.post("/login", json=login).status_code == 200
    assert api.post("/login", json=new_user).status_code == 401


@since("05")
@pytest.mark.parametrize("text", ["日本の店", "متجر", "' OR 1=1 --", "<b>", "a.b@c.de"])
def test_register_takes_any_script(api, new_name, text):
    """POST /register accepts a username and a password in any script."""
    user = {"username": f"{new_name()} {text}", "password": f"{text} {text} {text}"}

    reply = api.post("/register", json=user)

    assert reply.status_code == 201
    assert reply.json()["username"] == user["username"]
    assert api.post("/login", json=user).status_code == 200


@since("05")
def test_register_takes_the_longest(api, new_name):
    """POST /register accepts usernames up to 80, passwords of 8 to 128 characters."""
    longest = {"username": new_name().ljust(80, "x"), "password": "é" * 128}
    widest = {"username": new_name().ljust(80, "🪑"), "password": "🪑" * 128}
    shortest = {"username": new_name(), "password": "12345678"}

    replies = [api.post("/register", json=user) for user in (longest, widest, shortest)]

    assert [reply.status_code for reply in replies] == [201, 201, 201]
    assert api.post("/login", json=widest).status_code == 200


@since("05")
@pytest.mark.parametrize(
    "field, value",
    [
        *(
            ("username", bad)
            for bad in ["", "ab", "  ab  ", "x" * 81, "a\0bc", "a\nbc"]
        ),
        *(("username", bad) for bad in [None, True, 123, ["ana"], {}, "abc\ud83d"]),
        *(("password", bad) for bad in ["", "1234567", "x" * 129, "\0" * 8]),
        *(("password", bad) for bad in [None, True, 12345678, ["x"] * 8, "\ud83d" * 8]),
    ],
    ids=ascii,
)
def test_register_refuses_a_bad_field(api, new_user, field, value):
    """POST /register returns 422 for a bad username or password, and names it."""
    reply = api.post("/register", json={**new_user, field: value})

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == [field]
    assert reply.json()["message"]


@since("05")
def test_register_names_missing_and_unknown_fields(api):
    """POST /register returns 422 for missing and unknown fields, and names each."""
    reply = api.post("/register", json={"role": "admin"})

    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {"username", "password", "role"}


@since("05")
def test_register_from_16_clients_at_once_makes_one(api, new_user, at_once):
    """POST /register from 16 clients at once returns one 201 and 15 times 409."""
    statuses = at_once(16, lambda _: api.post("/register", json=new_user).status_code)

    assert sorted(statuses) == [201] + [409] * 15


@since("11")
def test_register_says_where_the_user_is(api, new_user):
    """POST /register returns the URL of the new user in Location."""
    reply = api.post("/register", json=new_user)

    assert reply.headers["Location"].endswith(f"/user/{reply.json()['id']}")


@pytest.fixture
def path(user_id):
    """The path of a new user."""
    return f"/user/{user_id}"


@pytest.fixture
def tokens(user, log_in):
    """Both tokens of that user."""
    return log_in(user)


@pytest.fixture
def fresh(tokens, bearer):
    """The header with that user's fresh token."""
    return bearer(tokens["access_token"])


@pytest.fixture
def stale(api, user, log_in, bearer):
    """The header with a token of that user which is not fresh."""
    old = log_in(user)["refresh_token"]
    new = api.post("/refresh", headers=bearer(old)).json()
    return bearer(new["access_token"])


@since("11")
def test_user_is_shown_to_that_user(api, user, user_id, path, fresh):
    """GET /user/ID returns 200 with id, username and role, to that user."""
    reply = api.get(path, headers=fresh)

    assert reply.status_code == 200
    wanted = {"id": user_id, "username": user["username"], "role": "user"}
    assert reply.json() == wanted


@since("11")
def test_user_is_shown_to_an_admin(admin, user, user_id, path):
    """GET /user/ID returns 200 to an admin, for any user."""
    reply = admin.get(path)

    assert reply.status_code == 200
    wanted = {"id": user_id, "username": user["username"], "role": "user"}
    assert reply.json() == wanted


@since("11")
def test_admin_has_the_role_of_an_admin(admin, admin_login, admin_token):
    """POST /login gives an admin a token with the role admin."""
    payload = admin_token.split(".")[1]

    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))

    reply = admin.get(f"/user/{claims['sub']}")
    assert claims["role"] == "admin"
    assert reply.json()["role"] == "admin"
    assert reply.json()["username"] == admin_login[0]


@since("11")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_user_is_not_for_other_users(api, ana, path, fresh, method):
    """GET and DELETE /user/ID return 403 to other users, and delete no user."""
    reply = ana.request(method, path)

    assert reply.status_code == 403
    assert reply.json()["message"]
    assert api.get(path, headers=fresh).status_code == 200


@since("11")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_user_is_not_for_visitors(api, path, fresh, method):
    """GET and DELETE /user/ID return 401 without a token, and delete no user."""
    reply = api.request(method, path)

    assert reply.status_code == 401
    assert reply.json()["error"] == "authorization_required"
    assert api.get(path, headers=fresh).status_code == 200


@since("11")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_users_do_not_learn_which_ids_exist(ana, method):
    """GET and DELETE /user/ID return 403 to a user also if no user has that id."""
    reply = ana.request(method, f"/user/{2**31 - 1}")

    assert reply.status_code == 403
    assert reply.json()["message"]


@since("11")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("no_id", NO_IDS, ids=lambda text: ascii(text[:16]))
def test_unknown_user_is_not_found(admin, method, no_id):
    """GET and DELETE /user/ID return 404 to an admin if no user can have that id."""
    reply = admin.request(method, f"/user/{no_id}")

    assert reply.status_code == 404
    assert reply.json()["message"]


@since("11")
def test_delete_user_by_that_user(api, user, path, fresh):
    """DELETE /user/ID returns 200 to that user, who cannot log in any more."""
    reply = api.delete(path, headers=fresh)

    assert reply.status_code == 200
    assert reply.json()["message"]
    assert api.post("/login", json=user).status_code == 401


@since("11")
def test_delete_user_by_an_admin(api, admin, user, path):
    """DELETE /user/ID returns 200 to an admin; the user is gone."""
    reply = admin.delete(path)

    assert reply.status_code == 200
    assert admin.get(path).status_code == 404
    assert admin.delete(path).status_code == 404
    assert api.post("/login", json=user).status_code == 401


@since("11")
def test_delete_user_needs_a_fresh_token(api, path, stale):
    """DELETE /user/ID returns 401 for a token that is not fresh; GET accepts it."""
    reply = api.delete(path, headers=stale)

    assert reply.status_code == 401
    assert reply.json()["error"] == "fresh_token_required"
    assert api.get(path, headers=stale).status_code == 200


@since("11")
def test_delete_user_ends_all_logins(api, user, tokens, path, fresh, log_in, bearer):
    """DELETE /user/ID revokes all tokens of that user, from every login."""
    elsewhere = log_in(user)

    reply = api.delete(path, headers=fresh)

    assert reply.status_code == 200
    for login in (tokens, elsewhere):
        read = api.get("/items", headers=bearer(login["access_token"]))
        refreshed = api.post("/refresh", headers=bearer(login["refresh_token"]))
        assert read.json()["error"] == "token_revoked"
        assert refreshed.json()["error"] == "token_revoked"


@since("11")
def test_delete_user_leaves_items_and_the_name(
    api, reader, user, user_id, path, fresh, new_name, priced
):
    """DELETE /user/ID does not delete the user's items; the name is free again."""
    item = api.post(f"/item/{new_name()}", json=priced(1), headers=fresh)

    reply = api.delete(path, headers=fresh)

    assert reply.status_code == 200
    assert reader.get(item.headers["Location"]).json() == item.json()
    again = api.post("/register", json=user)
    assert again.status_code == 201
    assert again.json()["id"] != user_id


@since("11")
def test_delete_user_from_8_clients_at_once(api, path, fresh, at_once):
    """DELETE /user/ID from 8 clients at once returns one 200; the user is gone."""
    statuses = at_once(8, lambda _: api.delete(path, headers=fresh).status_code)

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 404}


@pytest.fixture
def passwords(user):
    """The body that changes the password of a user."""
    return {"old": user["password"], "new": "battery staple"}


@since("11")
def test_change_password(api, user, fresh, passwords):
    """POST /password returns 200; from then on, the new password logs in."""
    reply = api.post("/password", json=passwords, headers=fresh)

    assert reply.status_code == 200
    assert reply.json()["message"]
    new = {**user, "password": passwords["new"]}
    assert api.post("/login", json=new).status_code == 200
    assert api.post("/login", json=user).status_code == 401


@since("11")
def test_change_password_ends_all_other_logins(
    api, user, tokens, fresh, passwords, log_in, bearer
):
    """POST /password revokes the tokens of every other login, but not of this one."""
    other = log_in(user)

    api.post("/password", json=passwords, headers=fresh)

    read = api.get("/items", headers=bearer(other["access_token"]))
    refreshed = api.post("/refresh", headers=bearer(other["refresh_token"]))
    assert read.json().get("error") == "token_revoked"
    assert refreshed.json().get("error") == "token_revoked"
    here = api.get("/items", headers=fresh)
    refreshed_here = api.post("/refresh", headers=bearer(tokens["refresh_token"]))
    assert here.status_code == 200
    assert refreshed_here.status_code == 200


@since("11")
def test_change_password_leaves_other_users(api, ana, login, fresh, passwords):
    """POST /password changes nothing for other users."""
    username, password = login

    api.post("/password", json=passwords, headers=fresh)

    again = api.post("/login", json={"username": username, "password": password})
    assert again.status_code == 200
    assert ana.get("/items").status_code == 200


@since("11")
def test_change_password_with_a_wrong_one_is_refused(
    api, user, fresh, passwords, log_in, bearer
):
    """POST /password returns 422, on old, for a wrong password, and changes nothing."""
    other = log_in(user)

    reply = api.post("/password", json={**passwords, "old": "wrong"}, headers=fresh)

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == ["old"]
    assert reply.json()["message"]
    assert api.post("/login", json=user).status_code == 200
    read = api.get("/items", headers=bearer(other["access_token"]))
    assert read.status_code == 200


@since("11")
def test_change_password_needs_a_fresh_token(api, user, stale, passwords):
    """POST /password returns 401 for a token that is not fresh, and without a token."""
    for headers, error in [
        (stale, "fresh_token_required"),
        ({}, "authorization_required"),
    ]:
        reply = api.post("/password", json=passwords, headers=headers)

        assert reply.status_code == 401
        assert reply.json()["error"] == error
    assert api.post("/login", json=user).status_code == 200


@since("11")
def test_change_password_to_a_bad_one_is_refused(api, user, fresh, passwords):
    """POST /password returns 422, on new, for a password that is not valid."""
    for bad in None, 7, "", "1234567", "x" * 129, "\0" * 8, "\ud83d" * 8:
        reply = api.post("/password", json={**passwords, "new": bad}, headers=fresh)

        assert reply.status_code == 422, ascii(bad)
        assert list(reply.json()["errors"]) == ["new"], ascii(bad)
    assert api.post("/login", json=user).status_code == 200


@since("11")
def test_change_password_names_missing_and_unknown_fields(api, fresh):
    """POST /password returns 422 for missing and unknown fields, and names each."""
    reply = api.post("/password", json={"username": "ana"}, headers=fresh)

    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {"old", "new", "username"}

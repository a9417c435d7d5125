import pytest

from classroom.promises import since

pytestmark = since("04")  # and, where it says so, later


@pytest.mark.parametrize("path", ["/login", "/auth"])
def test_login_gives_a_token_that_opens(api, login, new_name, priced, path):
    """POST /login, also at /auth, answers 200 with an access token that opens."""
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
def test_login_with_a_wrong_name_or_password_is_refused(api, username, password):
    """POST /login answers 401 alike to a wrong username and to a wrong password."""
    reply = api.post("/login", json={"username": username, "password": password})

    assert reply.status_code == 401
    assert reply.json()["message"]
    other = api.post("/login", json={"username": "nobody", "password": "nothing"})
    assert reply.json() == other.json()
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
    """POST /login answers 422 to a username or password that is no text."""
    body = {"username": "ana", "password": "open-sesame", field: value}

    reply = api.post("/login", json=body)

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == [field]
    assert reply.json()["message"]


def test_login_names_missing_and_unknown_fields(api):
    """POST /login answers 422 to missing and unknown fields, and names each."""
    reply = api.post("/login", json={"user": "ana"})

    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {"username", "password", "user"}


def test_login_is_not_for_get(api):
    """GET /login answers 405: a password has no place in a URL."""
    reply = api.get("/login?username=ana&password=open-sesame")

    assert reply.status_code == 405
    assert "POST" in reply.headers["Allow"]


@pytest.fixture
def new_user(new_name):
    """The username and password of somebody who is not registered yet."""
    return {"username": new_name(), "password": "correct horse"}


@since("05")
def test_register_answers_the_user(api, new_user):
    """POST /register answers 201 with the new user, and not with the password."""
    reply = api.post("/register", json=new_user)

    assert reply.status_code == 201
    assert set(reply.json()) == {"id", "username", "message"}
    assert isinstance(reply.json()["id"], int)
    assert reply.json()["username"] == new_user["username"]
    assert new_user["password"] not in reply.text


@since("05")
def test_registered_user_can_log_in(api, new_user, new_name, priced):
    """POST /register lets the new user log in, with a token that opens."""
    api.post("/register", json=new_user)

    reply = api.post("/login", json=new_user)

    assert reply.status_code == 200
    headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    item = api.put(f"/item/{new_name()}", json=priced(1), headers=headers)
    assert item.status_code == 201


@since("05")
def test_registered_users_have_their_own_passwords(api, new_user, new_name):
    """POST /login answers 401 to the password of another user."""
    other = {"username": new_name(), "password": "battery staple"}
    api.post("/register", json=new_user)
    api.post("/register", json=other)

    reply = api.post("/login", json={**new_user, "password": other["password"]})

    assert reply.status_code == 401


@since("05")
def test_register_a_taken_name_conflicts(api, new_user):
    """POST /register answers 409 to a username that is taken; the password stays."""
    api.post("/register", json=new_user)

    reply = api.post("/register", json={**new_user, "password": "battery staple"})

    assert reply.status_code == 409
    assert new_user["username"] in reply.json()["message"]
    assert api.post("/login", json=new_user).status_code == 200


@since("05")
def test_register_trims_the_username_and_not_the_password(api, new_user):
    """POST /register leaves out blanks around a username; in a password, they count."""
    name, password = new_user["username"], f"  {new_user['password']} "

    reply = api.post("/register", json={"username": f" {name} ", "password": password})

    assert reply.json()["username"] == name
    login = {"username": name, "password": password}
    assert api.post("/login", json=login).status_code == 200
    assert api.post("/login", json=new_user).status_code == 401


@since("05")
@pytest.mark.parametrize("text", ["日本の店", "متجر", "' OR 1=1 --", "<b>", "a.b@c.de"])
def test_register_takes_any_script(api, new_name, text):
    """POST /register takes a username and a password in any script."""
    user = {"username": f"{new_name()} {text}", "password": f"{text} {text} {text}"}

    reply = api.post("/register", json=user)

    assert reply.status_code == 201
    assert reply.json()["username"] == user["username"]
    assert api.post("/login", json=user).status_code == 200


@since("05")
def test_register_takes_the_longest(api, new_name):
    """POST /register takes usernames up to 80 and passwords of 8 to 128 characters."""
    longest = {"username": new_name().ljust(80, "x"), "password": "é" * 128}
    shortest = {"username": new_name(), "password": "12345678"}

    replies = [api.post("/register", json=user) for user in (longest, shortest)]

    assert [reply.status_code for reply in replies] == [201, 201]


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
    """POST /register answers 422 to a bad username or password, and names it."""
    reply = api.post("/register", json={**new_user, field: value})

    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == [field]
    assert reply.json()["message"]


@since("05")
def test_register_names_missing_and_unknown_fields(api):
    """POST /register answers 422 to missing and unknown fields, and names each."""
    reply = api.post("/register", json={"role": "admin"})

    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {"username", "password", "role"}


@since("05")
def test_register_from_16_clients_at_once_makes_one(api, new_user, at_once):
    """POST /register from 16 clients at once answers one 201 and 15 times 409."""
    statuses = at_once(16, lambda _: api.post("/register", json=new_user).status_code)

    assert sorted(statuses) == [201] + [409] * 15

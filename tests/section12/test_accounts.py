"""Registration, login, logout, and who is logged in."""

import re

import pytest
import requests

FIELDS = {
    "first_name": "Enter your first name.",
    "last_name": "Enter your last name.",
    "email": "Enter your email address.",
    "password": "Choose a password.",
    "password_confirm": "Enter the password again.",
}
WRONG = "The email address or the password is wrong."


def is_logged_in(site):
    return site.get("/user").url.endswith("/user")


def log_in(site, user, path="/login", **values):
    values = {"email": user["email"], "password": user["password"]} | values
    return site.submit(path, **values)


def test_register_then_log_in_then_log_out(site, new_user):
    user = new_user()

    page = site.submit("/register", **user)
    assert page.url.endswith("/login")
    assert "Welcome, Ana." in page.text
    assert not is_logged_in(site)

    page = log_in(site, user)
    assert "You are logged in, Ana." in page.text
    assert is_logged_in(site)

    page = site.submit("/", "/logout")
    assert "You are logged out." in page.text
    assert not is_logged_in(site)


def test_message_is_shown_once(student):
    student.get("/")

    assert "You are logged in" not in student.get("/").text


@pytest.mark.parametrize("name", FIELDS)
def test_empty_field_has_a_message_that_belongs_to_it(site, new_user, name):
    page = site.submit("/register", **new_user() | {name: " "})

    assert page.status_code == 422
    field = re.search(rf'<input[^>]*id="{name}"[^>]*>', page.text)[0]
    assert 'aria-invalid="true"' in field
    ids = re.search('aria-describedby="([^"]+)"', field)[1]
    assert f"{name}-errors" in ids.split()
    errors = re.search(rf'id="{name}-errors">([^<]+)<', page.text)[1]
    assert FIELDS[name] in errors


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("email", "nonsense", "This is not an email address."),
        ("email", "a@b", "This is not an email address."),
        ("email", f"{'a' * 260}@example.com", "This is not an email address."),
        ("password", "short", "Use 8 to 128 characters."),
        ("password", "x" * 129, "Use 8 to 128 characters."),
        ("password_confirm", "another one", "The passwords do not match."),
        ("first_name", "x" * 51, "Use 1 to 50 characters."),
        ("last_name", "a\u0007b", "Write it on one line."),
    ],
)
def test_invalid_value_is_explained(site, new_user, name, value, message):
    page = site.submit("/register", **new_user() | {name: value})

    assert page.status_code == 422
    assert message in page.text


def test_values_are_kept_after_an_error_but_no_passwords(site, new_user):
    user = new_user() | {"password_confirm": "another one"}

    page = site.submit("/register", **user)

    assert f'value="{user["email"]}"' in page.text
    assert 'value="Ana"' in page.text
    assert user["password"] not in page.text


def test_script_in_a_name_is_text(site, new_user, login):
    user = new_user() | {"first_name": "<script>alert(1)</script>"}
    site.submit("/register", **user)

    page = login(site, user).get("/user")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize("change", [str.upper, " {} ".format])
def test_address_is_taken_however_it_is_written(site, user, change):
    page = site.submit("/register", **user | {"email": change(user["email"])})

    assert page.status_code == 409
    assert "This email address is already registered." in page.text


def test_only_one_of_several_can_register_an_address(site, new_user, at_once):
    user = new_user()
    fields = site.form("/register").fields | user
    cookies = site.cookies.get_dict()
    url = f"{site.base_url}/register"

    def register(number):
        options = {
            "cookies": cookies,
            "headers": site.headers,
            "allow_redirects": False,
        }
        return requests.post(url, data=fields, **options).status_code

    assert sorted(at_once(5, register)) == [302, 409, 409, 409, 409]


@pytest.mark.parametrize("email", ["unknown@example.com", None])
def test_wrong_address_and_wrong_password_look_alike(site, user, email):
    page = log_in(site, user, email=email or user["email"], password="wrong")

    assert page.status_code == 422
    assert page.text.count(WRONG) == 1
    assert page.text.count('role="alert"') == 1
    assert not is_logged_in(site)


@pytest.mark.parametrize(
    "values",
    [
        {"email": '{"$gt": ""}', "password": '{"$gt": ""}'},
        {"email[$gt]": "", "password[$gt]": ""},
        {"email": "", "email[$ne]": "x", "password": "x"},
    ],
)
def test_operators_in_a_login_are_text(site, user, values):
    page = site.submit("/login", **values)

    assert page.status_code == 422
    assert not is_logged_in(site)


def test_operators_as_json_are_no_form_data(site, user):
    token = site.form("/login").fields["csrf_token"]
    login = {"email": {"$gt": ""}, "password": {"$gt": ""}}

    page = site.post("/login", json=login, headers={"X-CSRFToken": token})

    assert page.status_code == 422
    assert not is_logged_in(site)


@pytest.mark.parametrize("path", ["/login", "/register", "/logout", "/theme"])
def test_form_without_its_csrf_token_is_400(site, user, path):
    page = site.post(path, data=user)

    assert page.status_code == 400
    assert "CSRF token" in page.text
    assert 'aria-label="Main"' in page.text


def test_csrf_token_of_another_session_is_400(site, new_site, user):
    token = new_site().form("/login").fields["csrf_token"]
    site.get("/login")

    page = site.post("/login", data=user | {"csrf_token": token})

    assert page.status_code == 400


@pytest.mark.parametrize("path", ["/user", "/enrollment", "/enrollment.csv"])
def test_page_needs_a_login_which_leads_back_to_it(site, user, path):
    page = site.get(path)
    assert "Please log in first." in page.text

    page = log_in(site, user, page.url.removeprefix(site.base_url))

    assert page.url.endswith(path)


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/",
        "//example.com",
        "///example.com",
        "/\\example.com",
        "\\\\example.com",
        "/\t/example.com",
        "/\n/example.com",
        "javascript:alert(1)",
        "http:example.com",
        "@example.com",
    ],
)
def test_login_leads_to_no_other_site(site, user, target):
    form = site.form("/login")
    data = form.fields | {"email": user["email"], "password": user["password"]}

    reply = site.post(
        "/login", params={"next": target}, data=data, allow_redirects=False
    )

    assert reply.status_code == 302
    assert reply.headers["Location"] == "/"


def test_session_from_before_the_login_is_not_logged_in(site, new_site, user):
    """An attacker can know it, for instance on a shared computer."""
    site.get("/login")
    before = site.cookies["session"]
    log_in(site, user)

    attacker = new_site()
    attacker.cookies.set("session", before)

    assert is_logged_in(site)
    assert site.cookies["session"] != before
    assert not is_logged_in(attacker)


def test_session_forgets_at_login_what_was_in_it(site, user):
    token = site.form("/login").fields["csrf_token"]
    log_in(site, user)

    reply = site.post("/logout", data={"csrf_token": token})

    assert reply.status_code == 400


def test_changed_session_is_no_login(student, new_site):
    payload, rest = student.cookies["session"].rsplit(".", 1)
    other = new_site()
    other.cookies.set("session", f"{payload}.{rest[::-1]}")

    assert not is_logged_in(other)


def test_session_cookie_is_not_for_scripts_or_other_sites(site, user):
    page = log_in(site, user, remember="y")

    cookies = page.history[0].raw.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"session", "remember_token"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(("values", "lasts"), [({"remember": "y"}, True), ({}, False)])
def test_remembered_login_outlasts_the_session(site, user, values, lasts):
    log_in(site, user, **values)
    del site.cookies["session"]  # as a browser that is closed does

    assert is_logged_in(site) is lasts


def test_logout_ends_a_remembered_login(site, user):
    log_in(site, user, remember="y")

    site.submit("/", "/logout")

    assert "remember_token" not in site.cookies
    assert not is_logged_in(site)


def test_login_is_tracked(site, user):
    log_in(site, user)
    first = site.get("/user").text
    site.submit("/", "/logout")
    log_in(site, user)
    second = site.get("/user").text

    assert "This is your first login." in first
    assert "<dd>1</dd>" in first
    assert "<dd>2</dd>" in second
    assert len(re.findall(r"<dd[^>]*>\s*\d{4}-\d\d-\d\d \d\d:\d\d UTC", second)) == 2


def test_user_who_is_logged_in_sees_no_login_form(student):
    assert student.get("/login").url.endswith("/")


def test_many_register_at_once_and_each_has_an_account(new_site, new_user, at_once):
    users = [new_user() for _ in range(50)]
    form = new_site()
    fields = form.form("/register").fields
    cookies = form.cookies.get_dict()
    url = f"{form.base_url}/register"

    def register(number):
        options = {"cookies": cookies, "headers": form.headers}
        options |= {"allow_redirects": False, "timeout": 30}
        return requests.post(url, data=fields | users[number], **options)

    replies = at_once(50, register)
    assert {reply.status_code for reply in replies} == {302}
    for user in users[::10]:
        site = new_site()
        log_in(site, user)
        assert user["email"] in site.get("/user").text

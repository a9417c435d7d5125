"""Mail: reset a password, reminders, and headers that stay what they are."""

import re
from email import message_from_string, policy

import pytest

from classroom.server.client import Api

pytestmark = pytest.mark.xdist_group("section13")  # they share a server

NEW = {"password": "a new password"}


def reset_link(message):
    """Return the path in the API for the link in a mail, which leads to a page."""
    token = re.search(r"/reset\?token=(\S+)", message["text"])[1]
    return f"/api/password-resets/{token}"


@pytest.fixture
def link(user, mailbox):
    """The path to set a new password of the user."""
    user.api.post("/api/password-resets", json={"email": user.email})
    return reset_link(mailbox.wait_for(user.email, 2))


def test_link_in_a_mail_sets_a_new_password_once(api, user, link):
    first = api.put(link, json=NEW)
    second = api.put(link, json=NEW)
    revoked = user.api.get("/api/progress")
    user.password = NEW["password"]
    user.log_in()

    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, second.json()["error"]) == (404, "link_not_valid")
    assert revoked.json()["error"] == "token_revoked"


def test_two_requests_with_one_link_set_one_password(server, user, link, at_once):
    def reset(number):
        with server.api() as session:
            return session.put(
                link, json={"password": f"password {number}"}
            ).status_code

    assert sorted(at_once(2, reset)) == [204, 404]


def test_link_with_a_bad_password_can_be_used_again(api, link):
    assert api.put(link, json={"password": "short"}).status_code == 422
    assert api.put(link, json=NEW).status_code == 204


def test_link_is_good_for_its_purpose_only(api, user, mailbox, link):
    token = link.rpartition("/")[2]
    confirmation = f"/api/confirmations/{token}"
    reply = api.get(confirmation, allow_redirects=False)

    assert reply.headers["Location"].endswith("confirmed=no")
    assert api.put(f"{link}x", json=NEW).status_code == 404
    assert api.put("/api/password-resets/x", json=NEW).status_code == 404


def test_unknown_address_gets_the_same_response_and_no_mail(
    api, user, mailbox, new_email
):
    unknown = new_email()

    replies = [
        api.post("/api/password-resets", json={"email": email})
        for email in (unknown, user.email)
    ]
    mailbox.wait_for(user.email, 2)  # which was asked for after the other one

    assert [reply.status_code for reply in replies] == [202, 202]
    assert replies[0].json() == replies[1].json()
    assert mailbox.messages(unknown) == []


@pytest.mark.parametrize(
    "token", ["x", "x" * 22, "%0A" * 22, "%00" * 22, "%5C%0A", "%FF", "x" * 5000]
)
def test_token_that_is_not_ours_is_no_error_of_the_server(api, token):
    confirmed = api.get(f"/api/confirmations/{token}", allow_redirects=False)
    reset = api.put(f"/api/password-resets/{token}", json=NEW)
    unsubscribed = api.post(f"/api/unsubscribe/{token}")
    looked = api.get(f"/api/unsubscribe/{token}", allow_redirects=False)

    assert confirmed.status_code == 302
    assert reset.status_code == unsubscribed.status_code == 404
    assert looked.status_code == (302 if token == "x" * 22 else 404)


def test_one_address_does_not_get_mail_without_end(api, user, mailbox, new_email):
    for _ in range(10):
        reply = api.post("/api/password-resets", json={"email": user.email})
        assert reply.status_code == 202
    last = new_email()
    api.post("/api/users", json={"name": "X", "email": last} | NEW)
    mailbox.wait_for(last)

    assert len(mailbox.messages(user.email)) == 5


# The following tests write a mail in this process, without a server.


@pytest.fixture
def app(make_app):
    """The app, with a URL that is longer than a line of a header."""
    url = f"https://{'vocabulary.' * 8}trainer.example.com"
    return make_app(FRONTEND_URL=url, API_URL="")


@pytest.fixture
def reminder(app, load):
    """A function that writes the reminder of a user, as the SMTP server gets it."""

    def write(name="Ana", words=2):
        models = load("models")
        with app.app_context():
            ana = models.UserModel.find_by_email("ana@example.com")
            ana.change(name, True)
            for number in range(words):
                word = models.WordModel.find(number + 1, ana)
                models.ProgressModel.record(ana, word, True)
            app.config["CLOCK_OFFSET"] = 2 * 24 * 60 * 60
            models.MailModel.add_once("due", ana.email, "today")
            mail = models.MailModel.claim(60)
            return load("mailing.messages").write_message(mail).as_bytes().decode()

    return write


def test_reminder_has_text_and_html(reminder):
    message = message_from_string(reminder(), policy=policy.default)

    assert message["Subject"] == "Ana, 2 words are due"
    for kind in "plain", "html":
        assert "2 words are due" in message.get_body([kind]).get_content()


def test_reminder_can_be_ended_with_one_click(app, reminder):
    text = reminder()
    [url] = re.findall(r"^List-Unsubscribe: <(https://\S+)>\r?$", text, re.MULTILINE)
    path = url.removeprefix(app.config["FRONTEND_URL"])
    client = app.test_client()

    looked = client.get(path)
    still = wants_reminders(client)
    form = {"List-Unsubscribe": "One-Click"}
    clicked = client.post(path, data=form)
    again = client.post(path, data=form)

    assert len(url) > 100
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in text
    assert looked.status_code == 302  # programs that check mail open links, too
    assert looked.location.startswith(
        f"{app.config['FRONTEND_URL']}/unsubscribe?token="
    )
    assert still
    assert (clicked.status_code, again.status_code) == (200, 200)
    assert not wants_reminders(client)
    assert client.post("/api/unsubscribe/x").status_code == 404


def wants_reminders(client):
    """Return whether Ana wants reminders."""
    credentials = {"email": "ana@example.com", "password": "open-sesame"}
    return client.post("/api/auth/login", json=credentials).json["user"]["reminders"]


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"])
def test_name_cannot_add_a_header(reminder, line_break):
    """Not even one that is in the database already, from before there was a rule."""
    name = f"Ana{line_break}Bcc: eve@example.com"

    message = message_from_string(reminder(name), policy=policy.default)

    assert message["Bcc"] is None
    assert message["To"] == "ana@example.com"
    assert message["Subject"] == "Ana Bcc: eve@example.com, 2 words are due"


def test_name_is_no_markup_in_a_mail(reminder):
    text = reminder("<a href=//eve.example>Ana")

    message = message_from_string(text, policy=policy.default)

    html = message.get_body(["html"]).get_content()
    assert "Hello &lt;a href=//eve.example&gt;Ana" in html


def test_reminders_are_written_once_a_day(app, load):
    client, runner = app.test_client(), app.test_cli_runner()
    credentials = {"email": "ana@example.com", "password": "open-sesame"}
    reply = client.post("/api/auth/login", json=credentials).json
    token = {"Authorization": f"Bearer {reply['access_token']}"}
    client.post("/api/words/1/answers", json={"answer": "?"}, headers=token)

    def remind(day):
        app.config["CLOCK_OFFSET"] = day * 24 * 60 * 60
        return runner.invoke(args=["send-reminders"]).output.split()[0]

    assert [remind(day) for day in (0, 1, 1, 2)] == ["0", "1", "0", "1"]
    user = {"name": "Ana", "reminders": False}
    client.put(f"/api/users/{reply['user']['id']}", json=user, headers=token)
    assert remind(3) == "0"


@pytest.mark.parametrize("purpose", ["confirm", "reset"])
def test_links_expire(app, load, purpose):
    with app.app_context():
        links, users = load("mailing.links"), load("models").UserModel
        token = links.make_token(users.find(1), purpose)

        assert links.find_user(token, purpose, 60).id == 1
        assert links.find_user(token, purpose, -1) is None


def test_user_and_mail_are_added_together_or_not_at_all(app, load, monkeypatch):
    """If the mail cannot be stored, there is no user who waits for it."""
    models = load("models")

    def fail(*args):
        raise RuntimeError("killed")

    monkeypatch.setattr(models.MailModel, "add", fail)
    new = {"name": "Eve", "email": "eve@example.com", "password": "a password"}

    reply = app.test_client().post("/api/users", json=new)

    assert reply.status_code == 500
    with app.app_context():
        assert models.UserModel.find_by_email("eve@example.com") is None


def test_mailbox_page_runs_no_scripts(mailbox, user):
    page = mailbox.page.get("/")
    key = mailbox.messages(user.email)[0]["key"]
    html = Api(mailbox.page.base_url).get(f"/messages/{key}")

    assert user.email in page.text
    assert "Confirm the address" in html.text
    assert html.headers["Content-Security-Policy"] == "sandbox allow-popups"

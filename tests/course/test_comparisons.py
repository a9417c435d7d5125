"""What is shown side by side: answers, and tokens; and the waiting in between."""

import re
import time

import jwt
import pytest
import requests

from classroom.display.exchange import Exchange
from classroom.display.jwt import Token, wait_until_expired
from classroom.display.side_by_side import Answers, Tokens
from classroom.errors import UserError

KEY = "a key of 32 bytes, as short as can be"


def answer(status, body, headers=None):
    """Return an answer that never was, as requests would have kept it."""
    response = requests.Response()
    response.request = requests.Request("GET", "http://127.0.0.1:1/items").prepare()
    response.status_code = status
    response._content = body
    response.headers.update(headers or {})
    return response


def token(kid="k1", **claims):
    """Return a token that says what is wanted."""
    return jwt.encode({"iat": 1000} | claims, KEY, headers={"kid": kid})


def row_of(tokens, claim):
    """Return what each of some tokens says in a claim, as it is shown."""
    [values] = [values for name, values, _ in tokens.rows() if name == claim]
    return values


def test_answers_have_a_column_each():
    answers = Answers(
        {
            "visitor": answer(401, b'{"message": "Log in."}'),
            "the_admin": answer(200, b'{"items": []}'),
        }
    )

    text, html = repr(answers), answers._repr_html_()

    assert "visitor: GET /items\n→ 401 Unauthorized\n" in text
    assert "the admin: GET /items\n→ 200 OK\n" in text
    assert html.count("<th ") == html.count("<td ") == 2
    assert "the admin" in html


def test_bodies_side_by_side_are_narrow():
    body = b'{"items": [{"name": "Tea", "price": 3.5}, {"name": "Ink", "price": 2}]}'

    lines = repr(Answers({"user": answer(200, body)})).splitlines()

    assert max(map(len, lines)) <= 40


def test_tokens_of_one_login_are_seen_to_be():
    both = Tokens(
        {"access": token(sid="x", jti="1"), "refresh": token(sid="x", jti="2")}
    )

    assert row_of(both, "sid") == ["(A)", "(A)"]
    assert row_of(both, "jti") == ["(A)", "(B)"]
    assert "= sid" in repr(both)
    assert "≠ jti" in repr(both)


def test_claim_that_one_token_lacks_is_left_empty():
    both = Tokens({"old": token(), "new": token(role="admin")})

    assert row_of(both, "role") == ["", '"admin"']


def test_key_is_shown_where_it_differs():
    same = Tokens({"before": token(), "after": token()})
    other = Tokens({"before": token("k1"), "after": token("k2")})

    assert "kid" not in repr(same)
    assert row_of(other, "kid") == ["k1", "k2"]


def test_tokens_are_not_shown_so_that_they_can_be_used():
    one = token(sid="the id", jti="another id")
    shown = Tokens({"mine": one})

    for text in (repr(shown), shown._repr_html_()):
        assert not re.search(r"the id|another id|eyJ", text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "now + 2 s"),
        (15 * 60, "now + 15 minutes"),
        (60 * 60, "now + 1 hour"),
        (30 * 24 * 60 * 60, "now + 30 days"),
        (90, "now + 90 s"),
    ],
)
def test_time_is_told_in_the_largest_unit_that_fits(seconds, words):
    rows = {claim: value for claim, value, _ in Token(token(exp=1000 + seconds)).rows()}

    assert rows["exp"] == words


def test_waiting_ends_when_the_token_does(capsys):
    now = int(time.time())
    end = now + 1

    wait_until_expired(token(iat=now, exp=end))

    assert time.time() >= end
    assert "good for 1 s" in capsys.readouterr().out


def test_nobody_waits_for_a_token_that_does_not_expire():
    with pytest.raises(UserError, match="does not expire"):
        wait_until_expired(token())


def test_moments_are_shown_as_what_they_look_like():
    body = b'{"created_at": "2030-01-02T03:04:05.678901+00:00", "name": "2030-01-02"}'

    shown = repr(Exchange(answer(200, body)))

    assert '"created_at": "YYYY-MM-DDThh:mm:ss+00:00"' in shown
    assert '"name": "2030-01-02"' in shown


def test_seconds_to_wait_are_not_shown_where_they_differ_each_time():
    headers = {"Retry-After": "59"}

    assert "59" not in repr(Exchange(answer(429, b"{}", headers)))
    assert "Retry-After: 59" in repr(Exchange(answer(503, b"{}", headers)))

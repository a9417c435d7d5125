"""Responses and tokens are shown side by side, and expiry can be waited for."""

import re
import time

import jwt
import pytest
import requests

from classroom.display.exchange import Exchange
from classroom.display.jwt import Token, wait_until_expired
from classroom.display.masks import STABLE_OUTPUTS
from classroom.display.side_by_side import Responses, Tokens
from classroom.errors import UserError

KEY = "a key of 32 bytes, as short as can be"


@pytest.fixture
def stable(monkeypatch):
    """Make outputs the same in each run, as where notebooks are run to be saved."""
    monkeypatch.setenv(STABLE_OUTPUTS, "1")


def response_of(status, body, headers=None):
    """Return a response as requests would make it."""
    response = requests.Response()
    response.request = requests.Request("GET", "http://127.0.0.1:1/items").prepare()
    response.status_code = status
    response._content = body
    response.headers.update(headers or {})
    return response


def token(kid="k1", **claims):
    """Return a token with certain claims."""
    return jwt.encode({"iat": 1000} | claims, KEY, headers={"kid": kid})


def row_of(tokens, claim):
    """Return the values of a claim in several tokens, as they are shown."""
    [values] = [values for name, values, _ in tokens.rows() if name == claim]
    return values


def test_responses_have_a_column_each():
    responses = Responses(
        {
            "visitor": response_of(401, b'{"message": "Log in."}'),
            "the_admin": response_of(200, b'{"items": []}'),
        }
    )

    text, html = repr(responses), responses._repr_html_()

    assert "visitor: GET /items\n→ 401 Unauthorized\n" in text
    assert "the admin: GET /items\n→ 200 OK\n" in text
    assert html.count("<th ") == html.count("<td ") == 2
    assert "the admin" in html


def test_bodies_side_by_side_are_narrow():
    body = b'{"items": [{"name": "Tea", "price": 3.5}, {"name": "Ink", "price": 2}]}'

    lines = repr(Responses({"user": response_of(200, body)})).splitlines()

    assert max(map(len, lines)) <= 40


def test_tokens_of_one_login_have_the_same_session():
    both = Tokens(
        {"access": token(sid="x", jti="1"), "refresh": token(sid="x", jti="2")}
    )

    assert row_of(both, "sid") == ["(A) x…", "(A) x…"]
    assert row_of(both, "jti") == ["(A) 1…", "(B) 2…"]
    assert "= sid" in repr(both)
    assert "≠ jti" in repr(both)


def test_times_are_not_marked_as_equal():
    both = Tokens({"first": token(exp=1060), "later": token(iat=2000, exp=2060)})

    times = ["1970-01-01 00:16:40 UTC", "1970-01-01 00:33:20 UTC"]
    assert row_of(both, "iat") == times
    assert row_of(both, "exp") == ["iat + 1 minute", "iat + 1 minute"]
    assert "=" not in repr(both)
    assert "≠ exp" in repr(Tokens({"first": token(exp=1060), "other": token(exp=1061)}))


def test_claim_that_one_token_lacks_is_left_empty():
    both = Tokens({"old": token(), "new": token(role="admin")})

    assert row_of(both, "role") == ["", '"admin"']


def test_key_is_shown_where_it_differs():
    same = Tokens({"before": token(), "after": token()})
    other = Tokens({"before": token("k1"), "after": token("k2")})

    assert "kid" not in repr(same)
    assert row_of(other, "kid") == ["k1", "k2"]


def test_tokens_are_shown_without_what_varies_if_outputs_are_stable(stable):
    one = token(sid="the id", jti="another id")
    shown = Tokens({"mine": one})

    for text in (repr(shown), shown._repr_html_()):
        assert not re.search(r"the id|another id|eyJ", text)
        assert "(a time)" in text


def test_tokens_are_shown_without_what_could_be_used():
    one = token()
    shown = Tokens({"mine": one})

    for text in (repr(shown), shown._repr_html_()):
        assert one.split(".")[2] not in text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (2, "iat + 2 s"),
        (15 * 60, "iat + 15 minutes"),
        (60 * 60, "iat + 1 hour"),
        (30 * 24 * 60 * 60, "iat + 30 days"),
        (90, "iat + 90 s"),
    ],
)
def test_time_is_shown_in_the_largest_unit_that_fits(seconds, shown):
    rows = {claim: value for claim, value, _ in Token(token(exp=1000 + seconds)).rows()}

    assert rows["exp"] == f"{1000 + seconds} ({shown})"


def test_time_that_is_too_far_away_is_a_number():
    rows = {claim: value for claim, value, _ in Token(token(iat=10**15)).rows()}

    assert rows["iat"] == str(10**15)


def test_waiting_ends_when_the_token_does(capsys):
    now = int(time.time())
    end = now + 1

    wait_until_expired(token(iat=now, exp=end))

    assert time.time() >= end
    assert "valid for 1 s" in capsys.readouterr().out


def test_waiting_for_a_token_that_does_not_expire_is_a_user_error():
    with pytest.raises(UserError, match="does not expire"):
        wait_until_expired(token())


def test_timestamps_are_replaced_by_their_format_if_outputs_are_stable(stable):
    body = b'{"created_at": "2030-01-02T03:04:05.678901+00:00", "name": "2030-01-02"}'

    shown = repr(Exchange(response_of(200, body)))

    assert '"created_at": "YYYY-MM-DDThh:mm:ss+00:00"' in shown
    assert '"name": "2030-01-02"' in shown


def test_timestamps_are_shown_as_they_are():
    body = b'{"created_at": "2030-01-02T03:04:05.678901+00:00"}'

    assert body.decode() in repr(Exchange(response_of(200, body)))
    assert "Retry-After: 59" in repr(
        Exchange(response_of(429, b"{}", {"Retry-After": "59"}))
    )


def test_seconds_to_wait_are_masked_where_they_vary(stable):
    headers = {"Retry-After": "59"}

    assert "59" not in repr(Exchange(response_of(429, b"{}", headers)))
    assert "Retry-After: 59" in repr(Exchange(response_of(503, b"{}", headers)))

"""Section 14: two usernames that look the same are not two users."""

import time

import pytest

PASSWORD = "correct horse"
NFC, NFD = "Zo\u00eb", "Zoe\u0308"


@pytest.fixture(scope="module")
def client(make_shared_app):
    limit = "100000 per minute"
    app = make_shared_app("14", REGISTER_LIMIT=limit, GUESS_LIMIT=limit)
    return app.test_client()


def register(client, username):
    user = {"username": username, "password": PASSWORD}
    return client.post("/register", json=user)


def log_in(client, username):
    user = {"username": username, "password": PASSWORD}
    return client.post("/login", json=user).status_code


def test_username_is_the_same_in_every_encoding(client):
    assert register(client, f"{NFD} one").json["username"] == f"{NFC} one"

    assert register(client, f"{NFC} one").status_code == 409
    assert register(client, f"{NFC} ｏｎｅ").status_code == 409
    assert log_in(client, f"{NFC} one") == log_in(client, f"{NFD} one") == 200


@pytest.mark.parametrize("character", ["／", "\N{ACCOUNT OF}"])
def test_username_has_no_slash_in_any_encoding(client, character):
    assert register(client, f"maria{character}").status_code == 422


INVISIBLE = {
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "soft hyphen": "\u00ad",
    "byte order mark": "\ufeff",
    "right-to-left override": "\u202e",
    "right-to-left isolate": "\u2067",
    "line separator": "\u2028",
    "tag": "\U000e0061",
    "variation selector": "\ufe0f",
    "supplementary variation selector": "\U000e0100",
    "combining grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "empty Braille pattern": "\u2800",
    "private use": "\ue000",
    "unassigned": "\U000e0fff",
}


@pytest.mark.parametrize("character", INVISIBLE.values(), ids=INVISIBLE)
def test_username_has_no_invisible_characters(client, character):
    reply = register(client, f"ma{character}ria")

    assert reply.status_code == 422
    assert "invisible" in str(reply.json["errors"]["username"])


def test_long_username_takes_no_time(client):
    long = "a" + 40_000 * "\u0301\u0316"
    began = time.monotonic()

    statuses = [register(client, long).status_code, log_in(client, long)]

    assert statuses == [422, 401]
    assert time.monotonic() - began < 5

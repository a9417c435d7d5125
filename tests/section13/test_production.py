"""In production, settings for development prevent the start."""

import json
import os
import subprocess
import sys

import pytest
from redis import Redis

from classroom.sections import find_section

FOLDER = find_section("13").folder
COMPLETE = {
    "JWT_SECRET_KEY": "x" * 32,
    "SQLALCHEMY_DATABASE_URI": "sqlite:///x",
    "FRONTEND_URL": "https://www.example.com",
}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"JWT_SECRET_KEY": ""}, "FLASK_JWT_SECRET_KEY must be a secret"),
        ({"JWT_SECRET_KEY": "short"}, "FLASK_JWT_SECRET_KEY must be a secret"),
        ({"SQLALCHEMY_DATABASE_URI": ""}, "DATABASE_URL must be the URL"),
        ({"FRONTEND_URL": ""}, "FLASK_FRONTEND_URL must be the URL"),
        ({"FRONTEND_URL": "http://x.example"}, "FLASK_FRONTEND_URL must be the URL"),
    ],
)
def test_setting_that_is_missing_prevents_the_start(load, change, message):
    check_settings = load("production").check_settings

    check_settings(COMPLETE)
    with pytest.raises(RuntimeError, match=message):
        check_settings(COMPLETE | change)


def test_app_json_asks_for_each_of_these_settings():
    settings = json.loads((FOLDER / "app.json").read_text(encoding="utf-8"))

    assert {"FLASK_JWT_SECRET_KEY", "FLASK_FRONTEND_URL"} <= set(settings["env"])
    assert {"web", "worker"} == set(settings["formation"])
    processes = (FOLDER / "Procfile").read_text(encoding="utf-8").splitlines()
    assert [line.split(":")[0] for line in processes] == ["release", "web", "worker"]


def test_certificate_of_redis_is_not_verified_on_heroku_only():
    """Heroku's is self-signed."""

    def verifies(**variables):
        url = "rediss://:secret@redis.example.com:6379"
        found = subprocess.run(
            [sys.executable, "-c", "import config; print(config.REDIS_URL)"],
            cwd=FOLDER,
            env=os.environ | {"REDIS_URL": url} | variables,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        options = Redis.from_url(found).get_connection_kwargs()
        return options.get("ssl_cert_reqs") != "none"

    assert verifies()
    assert not verifies(DYNO="web.1")

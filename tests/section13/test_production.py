"""In production, settings for development prevent the start."""

import json

import pytest

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

"""How the site starts: without a database, and with gunicorn."""

import os

import pytest

from classroom.errors import ServerStartError
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.site import Site

FOLDER = find_section("12").folder
PRODUCTION = {"PRODUCTION": True, "SECRET_KEY": "0123456789abcdef" * 4}

no_gunicorn = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")


def test_data_in_memory_is_mentioned_in_the_log_and_on_each_page():
    with Server(FOLDER) as server, Site(server.address) as site:
        assert "all data is in the memory of this process" in server.output()
        assert "All data is in memory" in site.get("/login").text


def test_sessions_in_mongodb_need_a_database():
    with pytest.raises(ServerStartError, match="needs a database: set MONGO_URI"):
        Server(FOLDER, settings={"SESSION_TYPE": "mongodb"}).start()


@no_gunicorn
def test_several_workers_need_a_database():
    with pytest.raises(ServerStartError, match="Several workers need a database"):
        Server(FOLDER, workers=2).start()


@no_gunicorn
def test_several_workers_share_a_database_in_production(mongodb):
    variables = {"MONGO_URI": f"{mongodb.url}/workers"}
    with Server(FOLDER, workers=2, settings=PRODUCTION, variables=variables) as server:
        server.flask("seed")
        with Site(server.address) as site:
            login = {"email": "ana@example.com", "password": "correct horse"}
            names = {"first_name": "Ana", "last_name": "Lima"}
            confirm = {"password_confirm": login["password"]}
            site.submit("/register", **login, **confirm, **names)
            page = site.submit("/login", **login, remember="y")
            pages = [site.get("/user") for _ in range(8)]

    assert all(login["email"] in page.text for page in pages)
    assert "All data is in memory" not in pages[0].text
    cookies = page.history[0].raw.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("; Secure;" in cookie for cookie in cookies)

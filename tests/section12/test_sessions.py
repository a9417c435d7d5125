"""Sessions that are kept on the server, as an option."""

import pytest

from classroom.sections import find_section
from classroom.server import Server
from classroom.server.site import Site


@pytest.fixture(scope="module", params=["cachelib", "mongodb"])
def server(request, tmp_path_factory):
    """A server that keeps sessions in a folder, or in the database."""
    settings = {"SESSION_TYPE": request.param}
    settings["SESSION_FOLDER"] = str(tmp_path_factory.mktemp("sessions"))
    if request.param == "mongodb":
        settings["MONGO_URI"] = request.getfixturevalue("mongodb").url + "/sessions"
    with Server(find_section("12").folder, settings=settings) as server:
        yield server


@pytest.fixture
def address(server):
    return server.address


def copy_session(site):
    """Return another browser with the same session cookie."""
    other = Site(site.base_url)
    other.cookies.set("session", site.cookies["session"])
    return other


def is_logged_in(site):
    return site.get("/user").url.endswith("/user")


def test_cookie_is_only_an_id(student, user):
    cookie = student.cookies["session"]

    assert "." not in cookie
    assert len(cookie) < 50


def test_login_gets_a_new_id(site, user, login):
    site.get("/login")

    with copy_session(site) as attacker:
        login(site, user)

        assert attacker.cookies["session"] != site.cookies["session"]
        assert is_logged_in(site)
        assert not is_logged_in(attacker)


def test_logout_ends_copies_of_the_session(student):
    """A signed cookie would be valid until it expires."""
    with copy_session(student) as copy:
        assert is_logged_in(copy)

        student.submit("/", "/logout")

        assert not is_logged_in(copy)

"""A site of one's own: nginx in front of a section, as lesson 8 starts it."""

import shutil
from types import SimpleNamespace

import pytest

from classroom import serve_nginx, show_changes, show_logs, show_source
from classroom.display import source
from classroom.display.masks import STABLE_OUTPUTS
from classroom.errors import UserError
from classroom.experiments import slow_clients
from classroom.own_server import in_notebook, units
from classroom.own_server.units import show_unit_errors
from classroom.sections import find_section
from classroom.server import Server, notebook_servers

pytestmark = pytest.mark.usefixtures("nginx")

SITE = """\
server {
    listen @LISTEN@;
    add_header X-Request-ID $request_id always;

    location / {
        proxy_set_header X-Request-ID $request_id;
        proxy_pass http://unix:@SOCKET@;
    }
}
"""
UNIT = """\
[Unit]
Description=A service

[Service]
ExecStart=/srv/none/gunicorn app:create_app()
Restrat=always
"""


@pytest.fixture(scope="module")
def app():
    """The server of section 14, which logs request ids, with a Unix socket."""
    folder = find_section("14").folder
    settings = {"TRUSTED_PROXIES": 1}
    with Server(folder, workers=1, unix_socket=True, settings=settings) as server:
        yield server


@pytest.fixture
def mine(tmp_path, app, monkeypatch):
    """A student's folder with a site; its section is running."""
    monkeypatch.setitem(notebook_servers._running, f"{app.folder.name} app", app)
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx" / "site.conf").write_text(SITE, "utf-8")
    yield tmp_path
    in_notebook.stop_all()


def test_site_that_has_changed_is_served_as_it_is_now(mine, replace):
    site = serve_nginx(str(mine), "14")
    assert site.get("/stores").json() == {"stores": []}

    new = "location = /new { return 204; }\n    location / {"
    replace(mine / "nginx" / "site.conf", "location / {", new)

    assert site.get("/new").status_code == 204
    assert site.get("/stores").status_code == 200


def test_mistake_in_a_site_is_one_line_until_it_is_corrected(mine, replace):
    site = serve_nginx(str(mine), "14")
    file = mine / "nginx" / "site.conf"
    replace(file, "@SOCKET@;", "@SOCKET@")

    with pytest.raises(UserError, match=r'^nginx: .*"}" in site\.conf:8$'):
        site.get("/stores")
    replace(file, "@SOCKET@", "@SOCKET@;")

    assert site.get("/stores").status_code == 200


def test_folder_without_a_site_is_a_user_error(mine):
    (mine / "nginx" / "site.conf").unlink()

    with pytest.raises(UserError, match=r"^There is no nginx/site\.conf in "):
        serve_nginx(str(mine), "14")


def test_server_without_a_socket_is_a_user_error(mine, app, monkeypatch):
    monkeypatch.setattr(app, "unix_socket", False)

    with pytest.raises(UserError, match="unix_socket=True"):
        serve_nginx(str(mine), "14")


def test_logs_have_the_same_letter_for_the_same_request(mine, monkeypatch, capsys):
    monkeypatch.setenv(STABLE_OUTPUTS, "1")
    site = serve_nginx("08", "14")
    site.get("/stores")
    show_logs(site)
    capsys.readouterr()
    site.get("/items?page=1")
    site.get("/swagger-ui/index.css")

    show_logs(site)

    assert capsys.readouterr().out.splitlines() == [
        "Program | Its log",
        "nginx | (time) (id A) 127.0.0.1 GET /items 200 "
        f"{len(site.history[1].content)} …s",
        "nginx | (time) (id B) 127.0.0.1 GET /swagger-ui/index.css 200 "
        f"{len(site.history[2].content)} …s",
        "app | GET /items 200 (id A)",
    ]


def test_slow_clients_are_counted(app, monkeypatch):
    monkeypatch.setattr(slow_clients, "HEAD_START", 0.1)
    monkeypatch.setattr(slow_clients, "TIMEOUT", 0.5)

    assert slow_clients.count_served(app.api(), 0) == slow_clients.CLIENTS
    assert slow_clients.count_served(app.api(), 50) == 0


def test_lines_that_systemd_ignores_are_shown(tmp_path, needs, capsys):
    needs(shutil.which("systemd-analyze"), "no systemd-analyze: it comes with systemd")
    unit = tmp_path / "own.service"
    unit.write_text(UNIT, "utf-8")
    show_unit_errors(str(unit))
    unit.write_text(UNIT.replace("Restrat", "Restart"), "utf-8")
    show_unit_errors(str(unit))

    assert capsys.readouterr().out == (
        "own.service, line 6: systemd ignores 'Restrat=always'.\n"
        "own.service has no errors.\n"
    )


def test_unit_is_not_checked_without_systemd(tmp_path, monkeypatch, capsys):
    unit = tmp_path / "own.service"
    with pytest.raises(UserError, match=r"^There is no file own\.service\.$"):
        show_unit_errors(str(unit))
    unit.write_text(UNIT, "utf-8")
    monkeypatch.setattr(units, "shutil", SimpleNamespace(which=lambda name: None))

    show_unit_errors(str(unit))

    assert "nothing was checked" in capsys.readouterr().out


def test_file_of_nginx_has_the_language_that_markdown_knows(monkeypatch):
    shown = []
    monkeypatch.setattr(source, "display", shown.append)

    show_source("08", "nginx/site.conf")

    assert "```nginx\nserver {" in shown[0]._repr_markdown_()


def test_files_of_a_section_without_an_app_are_shown_and_compared(mine, capsys):
    show_source("08", "nginx/site.conf")
    show_changes(str(mine), "08")

    shown = capsys.readouterr().out
    assert "include @API_CONF@;" in shown
    assert "nginx/site.conf | +" in shown
    assert "deploy.sh | only in the section | Deploy a commit\n" in shown
    assert "systemd/stores.socket | only in the section | The socket at which" in shown

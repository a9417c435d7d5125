"""A domain of one's own: DNS, certificates and HTTPS, as lesson 9 shows them."""

import pytest
from requests.exceptions import SSLError

from classroom import (
    eavesdrop,
    find_tls_error,
    run_certbot,
    serve_https,
    show_certificate,
    show_dns,
)
from classroom.display.masks import STABLE_OUTPUTS
from classroom.errors import UserError
from classroom.https import in_notebook
from classroom.https.authority import Authority
from classroom.https.dns import read_name
from classroom.https.settings import DOMAIN, WWW
from classroom.sections import find_section
from classroom.server import Server, notebook_servers
from classroom.server.ports import find_free_port

pytestmark = pytest.mark.usefixtures("nginx")

LOGIN = {"username": "ana", "password": "open-sesame"}
SITE = """\
server {
    listen @LISTEN@;
    listen @HTTPS_LISTEN@ ssl;
    server_name @DOMAIN@;
    ssl_certificate @CERTIFICATES@/@DOMAIN@/fullchain.pem;
    ssl_certificate_key @CERTIFICATES@/@DOMAIN@/privkey.pem;
    include @API_CONF@;
}
"""


@pytest.fixture(scope="module")
def app():
    """The server of section 7, with a Unix socket."""
    with Server(find_section("07").folder, workers=1, unix_socket=True) as server:
        yield server


@pytest.fixture
def mine(tmp_path, app, monkeypatch):
    """A student's folder with a site; its section is running."""
    monkeypatch.setitem(notebook_servers._running, f"{app.folder.name} app", app)
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx" / "https.conf").write_text(SITE, "utf-8")
    yield tmp_path
    in_notebook.stop_all()


@pytest.fixture
def site(mine):
    """A session for this site that trusts its authority."""
    site = serve_https(str(mine), "07")
    site.verify = str(site.own.root)
    return site


def test_eavesdropper_reads_http_but_not_https(site):
    with eavesdrop(site) as http:
        assert site.post(f"http://{DOMAIN}/login", json=LOGIN).ok
    site.get("/health")  # this connection stays open
    with eavesdrop(site) as https:
        assert site.post("/login", json=LOGIN).ok

    for word in ("POST /login", "open-sesame", "access_token"):
        assert http.shows(word)
        assert not https.shows(word)
    assert https.shows(DOMAIN)
    assert https.received


def test_name_in_dns_may_end_where_another_one_is():
    answer = b"\7example\0" + b"\3www\6stores\xc0\0" + b"rest"

    assert read_name(answer, 9) == ("www.stores.example.", 22)


def test_site_is_served_as_it_is_now(site, mine, replace):
    assert site.get("/health").status_code == 200

    new = "location = /new { return 204; }\n    include @API_CONF@;"
    replace(mine / "nginx" / "https.conf", "include @API_CONF@;", new)

    assert site.get("/new").status_code == 204
    assert site.get(f"http://{DOMAIN}/new").status_code == 204


def test_certificate_is_refused_for_a_reason(site):
    for expired, url, reason in (
        (True, "/health", "certificate has expired"),
        (False, f"https://{WWW}/health", "Hostname mismatch"),
        (False, "/health", ""),
    ):
        site.certificates = site.own.issue(DOMAIN, expired=expired)
        assert find_tls_error(site, url).partition(",")[0] == reason
    site.verify = True
    with pytest.raises(SSLError):
        site.get("/health")


def test_certificate_that_is_missing_is_one_line(site, tmp_path):
    site.certificates = tmp_path

    with pytest.raises(UserError) as error:
        site.get("/health")

    assert str(error.value) == (
        f'nginx: cannot load certificate "{DOMAIN}/fullchain.pem"'
    )


def test_folder_without_https_conf_is_a_user_error(mine):
    (mine / "nginx" / "https.conf").unlink()

    with pytest.raises(UserError, match=r"^There is no nginx/https\.conf in "):
        serve_https(str(mine), "07")


def test_redirect_that_is_not_followed_has_a_body(mine):
    site = serve_https("09", "07")

    reply = site.get(f"http://{DOMAIN}/stores", allow_redirects=False)

    assert reply.status_code == 308
    assert list(reply.json()) == ["message"]


def test_certbot_needs_an_authority(site):
    with pytest.raises(UserError, match="authority"):
        run_certbot(site, "certificates")


def test_certificate_is_shown_with_its_chain(site, monkeypatch, capsys):
    monkeypatch.setenv(STABLE_OUTPUTS, "1")
    show_certificate(site.certificate)

    shown = capsys.readouterr().out
    names = f"Subject Alternative Name | {DOMAIN}, {WWW} | the names that it is for\n"
    assert names in shown
    assert "\nNot Before | (a time) | not valid until then\n" in shown
    assert "\nNot After | Not Before + 90 days | " in shown
    assert "\n\nAlso in the file | Signed by\n" in shown


def test_file_without_a_certificate_is_a_user_error(tmp_path):
    (tmp_path / "none.pem").write_text("none", "utf-8")

    for name in ("none.pem", "missing.pem"):
        with pytest.raises(UserError, match=r"^There is no certificate in this file\."):
            show_certificate(tmp_path / name)


@pytest.mark.usefixtures("https_programs")
def test_records_are_shown_as_the_dns_server_sends_them(tmp_path, capsys):
    with Authority(tmp_path, find_free_port()) as authority:
        authority.start()
        authority.point(DOMAIN, "127.0.0.5")
        authority.alias(WWW, DOMAIN)
        authority.allow_only("letsencrypt.org", DOMAIN)
        show_dns(authority, WWW, "A", "CNAME", "AAAA")
        show_dns(authority, DOMAIN, "CAA")

    assert capsys.readouterr().out.splitlines() == [
        "Name | TTL | Class | Type | Value",
        f"{WWW}. | 0 | IN | CNAME | {DOMAIN}.",
        f"{DOMAIN}. | 0 | IN | A | 127.0.0.5",
        "Name | TTL | Class | Type | Value",
        f'{DOMAIN}. | 0 | IN | CAA | 0 issue "letsencrypt.org"',
    ]

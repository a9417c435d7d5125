"""Section 9: a certificate, HTTPS and renewal, with an authority of this machine."""

import shutil
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
import requests
import trustme
from flask import Flask
from werkzeug.serving import make_server

from classroom.errors import UserError
from classroom.https import settings as settings_module
from classroom.https.certificates import write_authority, write_certificate
from classroom.https.checker import check_encryption
from classroom.https.reach import reach
from classroom.https.settings import DOMAIN, HttpsSettings, expect_https_programs
from classroom.https.stack import FOLDER, HttpsStack
from classroom.own_server.pipeline import expect_linux
from classroom.own_server.site import link_static_files
from classroom.own_server.stack import FOLDER as SERVER_FOLDER
from classroom.rehearsal.steps import Listener, Log, StepFailed
from classroom.sections import ROOT, find_section
from classroom.server.temporary_folder import TemporaryFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it needs Linux")

APP = find_section("07").folder
LEARN = [sys.executable, str(ROOT / "learn.py")]
NO_DATABASE = "postgres:///none"  # /health needs none
WWW = f"www.{DOMAIN}"


def new_log():
    return Log({}, Listener())


@pytest.fixture(scope="module")
def programs(https_programs, needs):
    """Skip tests where a program is missing that the server needs."""
    try:
        expect_linux()
    except UserError as error:
        needs(None, str(error))


@pytest.fixture(scope="module")
def stack(programs):
    """The server with HTTPS and section 7, whose packages are those of this Python."""
    with TemporaryFolder() as folder:
        clone, current = folder.path / "clone", folder.path / "srv" / "current"
        for name in (SERVER_FOLDER, FOLDER):
            shutil.copytree(ROOT / name, clone / name)
        shutil.copytree(APP, current)
        link_static_files(current / "public")
        send_nosniff(current / "health.py")
        (current / ".venv").symlink_to(sys.prefix)
        settings = HttpsSettings(folder.path, APP.name, NO_DATABASE)
        with HttpsStack(clone, settings) as stack:
            stack.start()
            stack.systemctl("start", "stores.service")
            stack.nginx.start()
            stack.authority.start()
            log = new_log()
            assert stack.get_certificate(log) == 0, log.lines
            with reach(DOMAIN, WWW, root=stack.authority.root):
                yield stack


def send_nosniff(file):
    """Let /ready respond without the database, with a header as in section 14."""
    response = '{"message": "ok"}, 200, {"X-Content-Type-Options": "nosniff"}'
    before = file.read_text("utf-8")
    code = before.replace("        expect_tables()\n", f"        return {response}\n")
    assert code != before
    file.write_text(code, "utf-8")


@pytest.mark.parametrize("name", ["http", "www"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_and_www_are_redirected(stack, name, method):
    origin = stack.settings.origin
    http = f"http://{DOMAIN}:{stack.settings.port}"
    begin = {"http": http, "www": origin.replace(DOMAIN, WWW)}[name]

    reply = requests.request(method, f"{begin}/login?a=%2F", allow_redirects=False)

    assert reply.status_code == 308
    assert reply.headers["Location"] == f"{origin}/login?a=%2F"
    assert list(reply.json()) == ["message"]
    assert ("Strict-Transport-Security" in reply.headers) == (name == "www")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/health", 200, id="app"),
        pytest.param("/no-such-url", 404, id="error of the app"),
        pytest.param("/swagger-ui/swagger-ui.css", 200, id="file"),
    ],
)
def test_response_has_the_headers(stack, path, status):
    reply = requests.get(stack.settings.origin + path)

    assert reply.status_code == status
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["X-Request-ID"]


def test_header_that_the_app_sends_is_not_sent_twice(stack):
    reply = requests.get(f"{stack.settings.origin}/ready")

    assert reply.status_code == 200
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", [DOMAIN, WWW])
def test_http_at_the_port_of_https_is_an_error_in_json(stack, name):
    reply = requests.get(f"http://{name}:{stack.https.https_port}/health")

    assert reply.status_code == 400
    assert list(reply.json()) == ["message"]


def connect(stack, **options):
    """Make a TLS connection to the site; return its version and its protocol."""
    context = ssl.create_default_context(cafile=stack.authority.root)
    context.set_alpn_protocols(["h2", "http/1.1"])
    for name, value in options.items():
        setattr(context, name, value)
    where = DOMAIN, stack.settings.https_port
    with (
        socket.create_connection(where, 10) as client,
        context.wrap_socket(client, server_hostname=DOMAIN) as tls,
    ):
        return tls.version(), tls.selected_alpn_protocol()


def test_tls_1_2_and_1_3_are_offered_with_http_2(stack):
    newest, old = ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2

    assert connect(stack, minimum_version=newest) == ("TLSv1.3", "h2")
    assert connect(stack, maximum_version=old) == ("TLSv1.2", "h2")


def test_second_run_keeps_the_certificate_and_the_site(stack):
    site = stack.nginx.folder / "https-site.conf"
    before = stack.https.certificate.read_bytes(), site.read_bytes()
    log = new_log()

    assert stack.get_certificate(log) == 0

    assert "Certificate not yet due for renewal" in log.lines
    assert (stack.https.certificate.read_bytes(), site.read_bytes()) == before


def test_domain_that_leads_elsewhere_gets_no_certificate(stack):
    """The error says why, and the site stays as it is."""
    for name in ("elsewhere.example", "www.elsewhere.example"):
        stack.authority.point(name, "127.0.0.2")
    log = new_log()

    status = stack.get_certificate(log, "elsewhere.example")

    assert status != 0
    assert "  Type:   connection" in log.lines
    assert "127.0.0.2" in " ".join(log.lines)
    assert requests.get(f"{stack.settings.origin}/health").status_code == 200


def test_weak_encryption_is_found(stack, monkeypatch):
    tls = stack.nginx.folder / "tls.conf"
    good = tls.read_text("utf-8")
    tls.write_text(good.replace("X25519:prime256v1", "secp521r1"), "utf-8")
    stack.nginx.reload()
    log = new_log()

    with pytest.raises(StepFailed, match="tls.conf"):
        port = stack.https.https_port
        check_encryption(log, DOMAIN, port, stack.authority.root)

    tls.write_text(good, "utf-8")
    stack.nginx.reload()
    assert any("tls_curves" in line for line in log.lines)


@contextmanager
def serve_tls(certificate, key):
    """Serve an empty app with a certificate, on a free port; yield the port."""
    context = str(certificate), str(key)
    server = make_server("127.0.0.1", 0, Flask("empty"), ssl_context=context)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("name", "expired", "trusted", "reason"),
    [
        pytest.param(DOMAIN, False, True, "", id="valid"),
        pytest.param(
            DOMAIN, False, False, "unable to get local issuer", id="authority"
        ),
        pytest.param(DOMAIN, True, True, "certificate has expired", id="expired"),
        pytest.param("other.example", False, True, "Hostname mismatch", id="name"),
    ],
)
def test_client_refuses_a_certificate(tmp_path, name, expired, trusted, reason):
    authority = trustme.CA()
    root = write_authority(authority if trusted else trustme.CA(), tmp_path)
    files = write_certificate(authority, tmp_path, name, expired=expired)

    with serve_tls(*files) as port, reach(DOMAIN, root=root):
        if reason:
            with pytest.raises(requests.exceptions.SSLError, match=reason):
                requests.get(f"https://{DOMAIN}:{port}/")
        else:
            assert requests.get(f"https://{DOMAIN}:{port}/").status_code == 404


def test_scripts_are_clean(needs):
    needs(shutil.which("shellcheck"), "no shellcheck: 'sudo apt install shellcheck'")

    result = subprocess.run(
        ["shellcheck", "--external-sources", "settings.sh", "certificate.sh"],
        cwd=ROOT / FOLDER,
        capture_output=True,
        encoding="utf-8",
    )

    assert result.returncode == 0, result.stdout


def test_missing_programs_are_one_sentence(monkeypatch):
    monkeypatch.setattr(settings_module.shutil, "which", lambda name: None)

    with pytest.raises(UserError, match="sudo apt install certbot pebble'"):
        expect_https_programs()


def test_certificate_needs_a_domain():
    result = subprocess.run(
        [str(ROOT / FOLDER / "certificate.sh")], capture_output=True, encoding="utf-8"
    )

    assert result.returncode != 0
    assert "sudo ./certificate.sh example.com" in result.stderr


def test_rehearsal_keeps_the_promises_through_https(
    programs, database_server, rehearse_in_terminal
):
    output = rehearse_in_terminal("09", "-k error", DATABASE_URL=database_server.url)

    assert " promises kept, 0 not." in output
    assert "requests without a failure" in output

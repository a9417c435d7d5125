"""The rehearsal of section 9: step by step, until one fails."""

import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

from classroom.https.checker import check_encryption
from classroom.https.reach import reach
from classroom.https.settings import DOMAIN, HttpsSettings, expect_https_programs
from classroom.https.stack import FOLDER, HttpsStack
from classroom.https.visitors import Visitors
from classroom.own_server.pipeline import (
    Prepared,
    check_promises,
    expect_linux,
    rehearse_steps,
    start_server,
    stop_server,
)
from classroom.own_server.stack import FOLDER as SERVER_FOLDER
from classroom.rehearsal.steps import Listener, Log, Recorder, Rehearsal, StepFailed
from classroom.sections import Section

TIMEOUT = 10.0  # seconds until nginx uses a new certificate


def run_https_rehearsal(
    section: Section, listener: Listener, *, own: Path | None = None
) -> Rehearsal:
    """Set up a server with the files of sections 8 and 9, and deploy a section on it.

    section, listener, own: as for run_server_rehearsal().

    Raises UserError if the reason for a failure is this machine, not the section.
    """
    expect_linux()
    expect_https_programs()
    files = [SERVER_FOLDER, FOLDER]
    return rehearse_steps("09", files, run_steps, section, listener, own)


def run_steps(recorder: Recorder, prepared: Prepared, section: Section) -> None:
    """Get a certificate, check the section through HTTPS, and renew it."""
    settings = HttpsSettings(prepared.folder, prepared.section, prepared.database)
    with HttpsStack(prepared.clone, settings) as server:
        start_server(recorder, server)
        with recorder.step("Start a certificate authority") as log:
            server.authority.start()
            log.result = f"Pebble, with a DNS server for {DOMAIN}"
        with recorder.step("Get a certificate") as log:
            if server.get_certificate(log):
                raise StepFailed("Fix the error that certbot reports, and commit it.")
            log.result = f"for {DOMAIN} and www.{DOMAIN}"
        with reach(DOMAIN, f"www.{DOMAIN}", root=server.authority.root):
            with recorder.step("Check the redirects") as log:
                check_redirects(log, server)
            check_promises(recorder, "Check HTTPS", server, section)
            with recorder.step("Renew under load") as log:
                renew_under_load(log, server, "/stores")
        with recorder.step("Check the encryption") as log:
            check_encryption(log, DOMAIN, settings.https_port, server.authority.root)
        stop_server(recorder, server)


def check_redirects(log: Log, server: HttpsStack) -> None:
    """Check that HTTP and www lead to the same URL; raise StepFailed if not."""
    origin = server.settings.origin
    http = f"http://{DOMAIN}:{server.settings.port}"
    www = origin.replace(DOMAIN, f"www.{DOMAIN}")
    for begin in (http, www):
        reply = requests.get(f"{begin}/stores?page=1", timeout=TIMEOUT)
        log.add(f"GET {begin}/stores?page=1: {reply.status_code}, now {reply.url}")
        if not reply.ok or reply.url != f"{origin}/stores?page=1":
            raise StepFailed("Correct the redirects in nginx/https.conf.")
    log.result = f"HTTP and www lead to {origin}"


def renew_under_load(log: Log, server: HttpsStack, path: str) -> None:
    """Renew the certificate while clients request a path; no request may fail."""
    before = shown_certificate(server)
    with Visitors(f"{server.settings.origin}{path}") as visitors:
        status = server.renew(log)
        deadline = time.monotonic() + TIMEOUT
        while not status and shown_certificate(server) == before:
            if time.monotonic() > deadline:
                raise StepFailed("Make certbot reload nginx after a renewal.")
    if status:
        raise StepFailed("Fix the error that certbot reports, and commit it.")
    log.add("\n".join(visitors.failures))
    if visitors.failures:
        raise StepFailed("Reload nginx instead of restarting it.")
    log.result = f"a new certificate, and {visitors.count} requests without a failure"


def shown_certificate(server: HttpsStack) -> str:
    """Return the certificate that a new client gets to see."""
    port = urlsplit(server.settings.origin).port
    assert port
    return ssl.get_server_certificate((DOMAIN, port), timeout=TIMEOUT)

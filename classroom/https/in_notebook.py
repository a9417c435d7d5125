"""A domain in a notebook: its authority, its site, and certbot."""

import atexit
import os
import re
from contextlib import ExitStack
from pathlib import Path

from IPython.display import display

from classroom.display.link import Link
from classroom.display.masks import is_stable
from classroom.display.serving import ServerLink
from classroom.errors import UserError
from classroom.https.authority import Authority
from classroom.https.settings import (
    DOMAIN,
    expect_https_programs,
    write_certbot,
    write_nginx,
)
from classroom.https.site import HttpsSite
from classroom.https.site_api import HttpsApi
from classroom.own_server.in_notebook import expect_socket
from classroom.rehearsal.programs import run_program
from classroom.rehearsal.steps import Listener, Log
from classroom.sections import find_files
from classroom.server.notebook_servers import running_server
from classroom.server.ports import find_free_port
from classroom.server.temporary_folder import TemporaryFolder

# What certbot is always told: it may not ask, and needs no email address.
OPTIONS = ["--non-interactive", "--agree-tos", "--register-unsafely-without-email"]
# Lines of its output that are about itself, and not about the certificate.
SKIPPED = re.compile(
    r"- - -|If you like|Saving debug log| \* |Ask for help|Hook '|.+\[notice\]"
    r"|Certbot has set up|Processing|/etc/letsencrypt/renewal/|$"
)
# What differs in each run.
VARYING = {
    r"\b\d{4}-\d\d-\d\d\b": "(a date)",
    r"(?<=acme-challenge/)[\w-]+": "(token)",
    r"(?<=\.example):\d+": "",
    r"127\.0\.0\.1:\d+": "127.0.0.1:80",
}

# What is open until this notebook ends: an authority and its folder, and one site.
_authority, _site = ExitStack(), ExitStack()


def start_authority() -> Authority:
    """Start a certificate authority and its DNS server, until this notebook ends.

    If this notebook has started one before, that one is stopped first.

    Raises UserError if Pebble or certbot is not installed.
    """
    expect_https_programs()
    stop_all()
    folder = _authority.enter_context(TemporaryFolder())
    authority = _authority.enter_context(Authority(folder.path, find_free_port()))
    authority.start()
    print(f"A certificate authority runs, and its DNS server knows {DOMAIN}.")
    return authority


def serve_https(
    folder: str | int, number: str | int, authority: Authority | None = None
) -> HttpsApi:
    """Start nginx for https://stores.example; return a session for it.

    A site that this notebook has started before is stopped first.

    folder: "09", or a folder of your own, with nginx/https.conf; when its files have
        changed, nginx restarts before the next request.
    number: the section, which serve() has started with unix_socket=True.
    authority: if there is one, it can check that the domain is yours.

    Raises UserError if nginx is not installed, or cannot read the files, or if no such
    server is running.
    """
    app = running_server(number)
    expect_socket(app, number)
    _site.close()
    site = HttpsSite(find_files(folder), app, authority)
    _site.callback(site.stop)  # so that it is stopped, even if nginx does not start
    site.start()
    display(ServerLink(f"nginx, in front of section {number},", DomainLink()))
    return HttpsApi(site, number)


class DomainLink(Link):
    """The URL of the site, which only the session can open, and no browser."""

    def __init__(self) -> None:
        self.url = f"https://{DOMAIN}"

    def _repr_html_(self) -> str:
        return f"<code>{self.url}</code>"


def run_certbot(api: HttpsApi, *arguments: str) -> None:
    """Run certbot on this machine, and print what it says.

    It returns once nginx has read the new certificate, if it uses those of certbot.

    api: the session from serve_https(), which must have an authority.
    arguments: such as "certonly" and its options; the authority need not be named.

    Raises UserError if there is no authority.
    """
    site = api.site
    if site.authority is None:
        raise UserError('Start the site with serve_https("09", "07", authority).')
    api.refresh()
    programs = write_programs(site, site.authority)
    # Without a terminal, certbot would wait, so that not all servers renew at once.
    options = ["--no-random-sleep-on-renew"] if "renew" in arguments else OPTIONS
    log = Log({str(site.authority.letsencrypt): "/etc/letsencrypt"}, Listener())
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    command = [str(programs / "certbot"), *arguments, *options]
    run_program(command, programs, os.environ | {"PATH": path}, log)
    print("\n".join(mask(line) for line in log.lines if not SKIPPED.match(line)))
    if site.certificates == site.authority.certificates:
        site.wait_for_certificate()


def write_programs(site: HttpsSite, authority: Authority) -> Path:
    """Write programs nginx and certbot for a site; return the folder with them."""
    programs = site.own.folder / "programs"
    programs.mkdir(exist_ok=True)
    write_nginx(programs, site.logs)
    directory, certificate = authority.directory, authority.certificate
    write_certbot(programs, authority.letsencrypt, directory, certificate)
    return programs


def mask(line: str) -> str:
    """Return a line; if outputs are stable, without what differs in each run."""
    if is_stable():
        for pattern, replacement in VARYING.items():
            line = re.sub(pattern, replacement, line)
    return line


@atexit.register
def stop_all() -> None:
    """Stop the site and the authority that were started."""
    _site.close()
    _authority.close()

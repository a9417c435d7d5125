"""A server with HTTPS: that of section 8, and what section 9 adds."""

import time
from pathlib import Path

import requests

from classroom.https.authority import Authority
from classroom.https.settings import DOMAIN, HttpsSettings
from classroom.own_server.stack import Stack
from classroom.rehearsal.programs import run_program
from classroom.rehearsal.steps import Log, StepFailed
from classroom.server.client import Api

FOLDER = "section09_https"
TIMEOUT = 10.0  # seconds until nginx has reloaded its settings


class HttpsStack(Stack):
    """A server of your own, for which an authority of this machine has a certificate.

    clone, settings: as for Stack; authority: the certificate authority.
    """

    def __init__(self, clone: Path, settings: HttpsSettings) -> None:
        super().__init__(clone, settings)
        self.https_files = clone / FOLDER
        self.https = settings
        folder = settings.folder / "authority"
        folder.mkdir()
        self.authority = Authority(folder, settings.port)
        settings.directory = self.authority.directory
        settings.authority = self.authority.certificate

    def get_certificate(self, log: Log, domain: str = DOMAIN) -> int:
        """Run certificate.sh; return its exit status, once nginx serves HTTPS."""
        log.add(f"$ ./certificate.sh {domain}")
        status = self._run(log, str(self.https_files / "certificate.sh"), domain)
        deadline = time.monotonic() + TIMEOUT
        while not status and not self._is_redirecting():
            if time.monotonic() > deadline:
                raise StepFailed("Make certificate.sh reload nginx at the end.")
        return status

    def _is_redirecting(self) -> bool:
        """Return whether nginx redirects HTTP, and no worker from before is left."""
        with Api(self.settings.address) as api:
            status = api.get("/", allow_redirects=False).status_code
        moved = status == requests.codes.permanent_redirect
        return moved and len(self.nginx.workers()) == 1

    def renew(self, log: Log) -> int:
        """Renew the certificate as certbot's timer does, but now; return the status."""
        log.add("$ certbot renew --force-renewal")
        certbot = str(self.https.programs / "certbot")
        # Without a terminal, certbot would wait, so that not all servers ask at once.
        options = ["--force-renewal", "--no-random-sleep-on-renew"]
        return self._run(log, certbot, "renew", *options)

    def _run(self, log: Log, *command: str) -> int:
        """Run a program with the settings of the server; return its exit status."""
        variables = self.settings.variables()
        return run_program(list(command), self.settings.folder, variables, log)

    def stop(self) -> None:
        """End all programs, and wait until they are gone."""
        super().stop()
        self.authority.stop()

"""A server with HTTPS: that of section 8, and what section 9 adds."""

from pathlib import Path

from classroom.https.authority import Authority
from classroom.https.settings import DOMAIN, HttpsSettings
from classroom.own_server.stack import Stack
from classroom.rehearsal.programs import run_program
from classroom.rehearsal.steps import Log

FOLDER = "section09_https"


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

    def get_certificate(self, log: Log) -> int:
        """Run certificate.sh, and return its exit status."""
        log.add(f"$ ./certificate.sh {DOMAIN}")
        return self._run(log, str(self.https_files / "certificate.sh"), DOMAIN)

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

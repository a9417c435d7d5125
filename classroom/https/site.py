"""A site with a domain and a certificate: nginx with the files of a folder."""

import os
import re
import ssl
import time
from pathlib import Path
from typing import Self

from classroom.errors import UserError
from classroom.https.authority import Authority
from classroom.https.certificates import OwnAuthority
from classroom.https.settings import DOMAIN, WWW
from classroom.own_server.site import Site, read_conf_files
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.ports import HOST, find_free_port

TIMEOUT = 10.0  # seconds until nginx has reloaded its settings
OF_OPENSSL = re.compile(r": BIO_new_file\(\) failed.*")


class HttpsSite(Site):
    """nginx in front of a section's server, with HTTP and HTTPS, for DOMAIN.

    folder: the files of nginx are in its folder nginx/; https.conf must be there. The
        files of section 8 that it includes are added.
    app: as for Site.
    authority: the authority that can check the domain, if there is one.
    certificates: a folder with the folder stores.example, as certbot makes it. Until
        it is set, there is a certificate of an authority of your own.
    own: that authority.
    """

    MAIN = "https.conf"

    def __init__(
        self, folder: Path, app: Server, authority: Authority | None = None
    ) -> None:
        super().__init__(folder, app)
        self.authority = authority
        self.http_port = authority.http_port if authority else find_free_port()
        self.https_port = find_free_port()
        self.address = f"http://{HOST}:{self.http_port}"
        self.own = OwnAuthority()
        self.certificates = self.own.issue(DOMAIN, WWW)

    @property
    def certificate(self) -> Path:
        """The file with the certificate that nginx sends, and those that signed it."""
        return self.certificates / DOMAIN / "fullchain.pem"

    @property
    def webroot(self) -> Path:
        """The folder with the files that prove that the domain is yours."""
        return self.authority.webroot if self.authority else self.own.folder / "none"

    @property
    def ports(self) -> dict[int, int]:
        """The port that is used here for each port of a server."""
        return {80: self.http_port, 443: self.https_port}

    def _read_files(self) -> dict[str, str]:
        """Return the files of this section, and those of section 8 that they need."""
        shared = read_conf_files(find_section("08").folder)
        own = read_conf_files(self.folder)
        files = {name: shared[name] for name in ("stores.conf", "api.conf")} | own
        files.pop("site.conf", None)
        if self.MAIN in files:
            # So that errors name the file as it is in the folder.
            files["site.conf"] = f"include {self.logs / self.MAIN};\n"
        return files

    def _settings(self) -> dict[str, str]:
        """Return the settings: those of settings.sh in both sections."""
        address = f"{HOST}:{self.https_port}"
        snippets = {
            f"{name.upper()}_CONF": str(self.logs / f"{name}.conf")
            for name in ("tls", "challenge", "redirect")
        }
        return (
            super()._settings()
            | snippets
            | {
                "DOMAIN": DOMAIN,
                "ORIGIN": f"https://{DOMAIN}",
                "HTTPS_LISTEN": address,
                "HTTPS_ADDRESS": address,
                "WEBROOT": str(self.webroot),
                "CERTIFICATES": str(self.certificates),
                "RATE": "1000r/s",  # there are visitors who send requests all the time
            }
        )

    def start(self) -> Self:
        """Start nginx with the files as they are now, as Site does."""
        self.webroot.mkdir(exist_ok=True)
        return super().start()

    def _shorten(self, message: str) -> str:
        """Return the errors that nginx has found, without what OpenSSL adds."""
        short = super()._shorten(message.replace(f"{self.certificates}{os.sep}", ""))
        return OF_OPENSSL.sub("", short)

    def wait_for_certificate(self) -> None:
        """Wait until all workers of nginx send the certificate that is in the file now.

        Raises UserError if they do not.
        """
        [newest, *_] = ssl_certificates(self.certificate.read_text("utf-8"))
        deadline = time.monotonic() + TIMEOUT
        assert self._nginx is not None
        # For a moment, workers from before the reload still accept connections.
        while self.sent_certificate() != newest or len(self._nginx.workers()) > 1:
            if time.monotonic() > deadline:
                raise UserError("nginx was not told to read the new certificate.")

    def sent_certificate(self) -> str:
        """Return the certificate that a new client gets, in the form PEM."""
        where = HOST, self.https_port
        return ssl.get_server_certificate(where, timeout=TIMEOUT).strip()

    def stop(self) -> None:
        """End nginx, and delete its logs and its certificates."""
        super().stop()
        self.own.delete()


def ssl_certificates(text: str) -> list[str]:
    """Return each certificate in a file of the form PEM."""
    end = "-----END CERTIFICATE-----"
    return [f"{part.strip()}\n{end}" for part in text.split(end)[:-1]]

"""A session for a site with a domain: it finds it, and decides whom to trust."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from requests.exceptions import SSLError

from classroom.https.certificates import OwnAuthority
from classroom.https.reach import resolve_here
from classroom.https.settings import DOMAIN, WWW
from classroom.https.site import HttpsSite
from classroom.https.visitors import Visitors
from classroom.own_server.in_notebook import SiteApi


class HttpsApi(SiteApi):
    """A session for https://stores.example: nginx uses the site's files as they are.

    site, number: as for SiteApi. The session can also request http://stores.example,
        and both with www.
    ports: where it connects to, instead of the ports 80 and 443.
    verify: the file with the authorities that it trusts, as in requests. At first, it
        trusts those of a browser.
    """

    def __init__(self, site: HttpsSite, number: str | int) -> None:
        super().__init__(site, number)
        self.base_url = f"https://{DOMAIN}"
        self.site: HttpsSite = site
        self.ports = site.ports

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request to the site as it is now, and remember the response.

        Raises SSLError if the session does not accept the certificate, and UserError
        if nginx cannot read the files.
        """
        with resolve_here(DOMAIN, WWW, ports=self.ports):
            return super().request(method, url, **options)

    @contextmanager
    def visitors(self, path: str) -> Iterator[Visitors]:
        """Let four clients request a path all the time, in a with block."""
        self.refresh()
        visitors = Visitors(self.create_url(path), verify=self.verify)
        with resolve_here(DOMAIN, WWW, ports=self.ports), visitors:
            yield visitors

    def sent_certificate(self) -> str:
        """Return the certificate that a new client gets, in the form PEM."""
        self.refresh()
        return self.site.sent_certificate()

    @property
    def certificate(self) -> Path:
        """The file with the certificate that nginx sends."""
        return self.site.certificate

    @property
    def own(self) -> OwnAuthority:
        """An authority of your own, which only you trust."""
        return self.site.own

    @property
    def webroot(self) -> Path:
        """The folder with the files that an authority asks for."""
        return self.site.webroot

    @property
    def certificates(self) -> Path:
        """The folder with the certificate that nginx sends, for you to replace."""
        return self.site.certificates

    @certificates.setter
    def certificates(self, folder: Path) -> None:
        self.site.certificates = folder


def tls_error(error: SSLError) -> str:
    """Return why a client has refused a connection, in the words of OpenSSL."""
    reason = getattr(error.args[0], "reason", error.args[0])
    cause = reason.args[0]
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    return str(cause)


def find_tls_error(api: requests.Session, url: str) -> str:
    """Request a URL, and return why the client refuses the certificate, or "".

    api: the session; url: a path, or a whole URL.
    """
    try:
        api.get(url)
    except SSLError as error:
        return tls_error(error)
    return ""

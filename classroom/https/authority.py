"""A certificate authority on this machine: Pebble, a small Let's Encrypt."""

import json
import os
import shutil
import socket
from pathlib import Path
from typing import Self

import requests

from classroom.errors import ServerStartError
from classroom.https.certificates import write_authority, write_certificate
from classroom.server.ports import HOST, find_free_port
from classroom.server.process import ManagedProcess

TIMEOUT = 10.0  # seconds that a program has to start
DAYS_90 = 90 * 24 * 60 * 60  # how long its certificates are valid, in seconds
# By default, Pebble waits before it checks a domain, rejects some requests, and checks
# only every second time whether a domain is still yours.
ENVIRONMENT = {
    "PEBBLE_VA_NOSLEEP": "1",
    "PEBBLE_WFE_NONCEREJECT": "0",
    "PEBBLE_AUTHZREUSE": "0",
}


class Authority:
    """A certificate authority, and a DNS server that knows every name.

    folder: an empty folder, for its files.
    http_port: the port at which it asks for challenges, instead of port 80.
    directory: the URL at which certbot begins.
    certificate: the file with which this URL is verified.
    root: the file with which the certificates that it issues are verified.
    dns_port: the port of its DNS server.
    letsencrypt: a folder for certbot; certificates: what certbot has got, in there.
    webroot: a folder for the files that the authority asks for.
    """

    def __init__(self, folder: Path, http_port: int) -> None:
        self.folder = folder
        self.http_port = http_port
        self.port, self._management = find_free_port(), find_free_port()
        self.dns_port, self._dns_management = find_free_port(), find_free_port()
        self.directory = f"https://{HOST}:{self.port}/dir"
        self.certificate = folder / "authority.pem"
        self.root = folder / "root.pem"
        self.letsencrypt = folder / "letsencrypt"
        self.certificates = self.letsencrypt / "live"
        self.webroot = folder / "webroot"
        self._processes: list[ManagedProcess] = []

    def start(self) -> None:
        """Start both programs, and write the root certificate."""
        import trustme  # slow to import

        own = trustme.CA()
        write_authority(own, self.folder)
        certificate, key = write_certificate(own, self.folder, HOST)
        settings = {
            "listenAddress": f"{HOST}:{self.port}",
            "managementListenAddress": f"{HOST}:{self._management}",
            "certificate": str(certificate),
            "privateKey": str(key),
            "httpPort": self.http_port,
            "tlsPort": find_free_port(),
            "certificateValidityPeriod": DAYS_90,
        }
        config = self.folder / "pebble.json"
        config.write_text(json.dumps({"pebble": settings}), "utf-8")
        dns = f"{HOST}:{self.dns_port}"
        self._start_dns(dns)
        self._start("pebble", self.port, "-config", str(config), "-dnsserver", dns)
        self.root.write_text(self._read_root(), "utf-8")

    def _start_dns(self, address: str) -> None:
        """Start a DNS server for which every name is this machine."""
        options = {
            "-defaultIPv4": HOST,
            "-defaultIPv6": "",
            "-dns01": address,
            "-http01": "",
            "-https01": "",
            "-tlsalpn01": "",
            "-management": f"{HOST}:{self._dns_management}",
        }
        arguments = [word for option in options.items() for word in option]
        self._start("pebble-challtestsrv", self._dns_management, *arguments)

    def point(self, name: str, address: str) -> None:
        """Set the A record of a name, which is 127.0.0.1 for all others.

        name: such as "stores.example"; address: an IPv4 address.
        """
        self._set_record("add-a", {"host": f"{name}.", "addresses": [address]})

    def alias(self, name: str, target: str) -> None:
        """Set the CNAME record of a name: it has the addresses of another one."""
        self._set_record("set-cname", {"host": f"{name}.", "target": f"{target}."})

    def allow_only(self, issuer: str, name: str) -> None:
        """Set the CAA record of a name: only one authority may issue certificates.

        issuer: the name of that authority, such as "letsencrypt.org".
        """
        policies = [{"tag": "issue", "value": issuer}]
        self._set_record("add-caa", {"host": f"{name}.", "policies": policies})

    def _set_record(self, action: str, record: dict[str, object]) -> None:
        """Tell the DNS server about a record."""
        with requests.Session() as session:
            session.trust_env = False
            url = f"http://{HOST}:{self._dns_management}/{action}"
            session.post(url, json=record, timeout=TIMEOUT).raise_for_status()

    def _start(self, name: str, port: int, *arguments: str) -> None:
        """Start a program, and return once it listens at a port."""
        program = shutil.which(name)
        assert program  # see expect_https_programs()
        output = self.folder / f"{name}.log"
        process = ManagedProcess(
            [program, *arguments], self.folder, os.environ | ENVIRONMENT, output=output
        )
        self._processes.append(process)
        if not process.wait_until(lambda: is_open(port), TIMEOUT):
            text = output.read_text("utf-8")
            raise ServerStartError(Path(name), text, not process.is_running)

    def _read_root(self) -> str:
        """Return the certificate that all others are signed with, through another."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.certificate)
            url = f"https://{HOST}:{self._management}/roots/0"
            return session.get(url, timeout=TIMEOUT).text

    def stop(self) -> None:
        """End both programs, and wait until they are gone."""
        while self._processes:
            self._processes.pop().stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def is_open(port: int) -> bool:
    """Return whether a program listens at a port."""
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0

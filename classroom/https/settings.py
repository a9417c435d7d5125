"""The settings of the scripts of section 9, for a temporary folder of this machine."""

import os
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from classroom.errors import UserError
from classroom.own_server.nginx import find_nginx
from classroom.own_server.settings import Settings
from classroom.server.ports import HOST, find_free_port

DOMAIN = "stores.example"  # RFC 2606: a name under .example never is a real one
WWW = f"www.{DOMAIN}"
PROGRAMS = ("certbot", "pebble", "pebble-challtestsrv")
# Settings of this process that must not reach certbot.
CERTBOT_ENVIRONMENT = "env --unset=HTTPS_PROXY --unset=https_proxy REQUESTS_CA_BUNDLE="


@dataclass
class HttpsSettings(Settings):
    """Those of section 8, and those of HTTPS.

    https_port: the port at which nginx listens for HTTPS.
    directory: the URL of the certificate authority; authority: the file with the
        certificate that this URL is verified with.
    """

    https_port: int = field(default_factory=find_free_port)
    directory: str = ""
    authority: Path = Path()

    @property
    def origin(self) -> str:
        """The URL at which clients reach the API."""
        return f"https://{DOMAIN}:{self.https_port}"

    @property
    def programs(self) -> Path:
        """A folder with programs that the scripts find instead of the system's."""
        return self.folder / "programs"

    @property
    def certificate(self) -> Path:
        """The file with the certificate of the site, once there is one."""
        return self.folder / "letsencrypt" / "live" / DOMAIN / "fullchain.pem"

    def variables(self) -> dict[str, str]:
        """Return the environment variables of the scripts."""
        found = super().variables()
        nginx = self.folder / "nginx"
        return found | {
            "PATH": f"{self.programs}{os.pathsep}{found['PATH']}",
            "DOMAIN": DOMAIN,
            "ORIGIN": self.origin,
            "HTTPS_LISTEN": f"{HOST}:{self.https_port}",
            "WEBROOT": str(self.folder / "webroot"),
            "CERTIFICATES": str(self.certificate.parent.parent),
            "SITE": str(nginx / "https-site.conf"),
            "ENABLED": str(nginx / "site.conf"),
            "TLS_CONF": str(nginx / "tls.conf"),
            "CHALLENGE_CONF": str(nginx / "challenge.conf"),
            "REDIRECT_CONF": str(nginx / "redirect.conf"),
            "RELOAD": "nginx -s reload",
        }

    def write_files(self) -> None:
        """Also write the programs nginx and certbot, which only use this folder."""
        super().write_files()
        self.programs.mkdir()
        write_nginx(self.programs, self.folder / "nginx")
        letsencrypt = self.folder / "letsencrypt"
        write_certbot(self.programs, letsencrypt, self.directory, self.authority)


def write_nginx(programs: Path, site: Path) -> None:
    """Write a program nginx that only uses the files in one folder.

    programs: the folder for it; site: the folder with nginx.conf.
    """
    folder = shlex.quote(str(site))
    command = f"{shlex.quote(find_nginx())} -p {folder} -c {folder}/nginx.conf"
    write_program(programs / "nginx", command)


def write_certbot(
    programs: Path, letsencrypt: Path, directory: str, authority: Path
) -> None:
    """Write a program certbot that asks an authority of this machine.

    programs: the folder for it; letsencrypt: the folder for what it stores.
    directory, authority: as for HttpsSettings.
    """
    folder = shlex.quote(str(letsencrypt))
    command = (
        f"{CERTBOT_ENVIRONMENT}{shlex.quote(str(authority))} "
        f"{shutil.which('certbot')} --server {directory} "
        f"--config-dir {folder} --work-dir {folder}/work --logs-dir {folder}/logs"
    )
    write_program(programs / "certbot", command)


def write_program(file: Path, command: str) -> None:
    """Write a script that runs a command with the script's own arguments."""
    file.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    file.chmod(0o755)


def expect_https_programs() -> None:
    """Raise UserError if a program is missing, with the command that installs it."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        packages = sorted({name.removesuffix("-challtestsrv") for name in missing})
        raise UserError(
            f"Some programs are missing: {', '.join(missing)}. Install them with "
            f"'sudo apt install {' '.join(packages)}'."
        )

"""Make certificates, for servers of this machine: valid ones, and others."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.server.temporary_folder import TemporaryFolder

if TYPE_CHECKING:
    import trustme  # slow to import


def write_authority(authority: "trustme.CA", folder: Path) -> Path:
    """Write the certificate of an authority into a folder; return the file.

    A client that trusts this file accepts all certificates of the authority.
    """
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)
    return file


def write_certificate(
    authority: "trustme.CA", folder: Path, *names: str, expired: bool = False
) -> tuple[Path, Path]:
    """Write a certificate and its private key into a folder; return both files.

    As certbot does, it writes the certificate alone, too, as cert.pem.

    authority: issues it; names: host names or IP addresses.
    expired: whether it was valid until yesterday, instead of for 90 days from now on.
    """
    now = datetime.now(UTC)
    begin = now - timedelta(days=91 if expired else 0, minutes=1)
    end = begin + timedelta(days=90)
    issued = authority.issue_cert(*names, not_before=begin, not_after=end)
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    issued.private_key_pem.write_to_path(key)
    chain = [part.bytes() for part in issued.cert_chain_pems]
    certificate.write_bytes(b"".join(chain))
    (folder / "cert.pem").write_bytes(chain[0])
    return certificate, key


class OwnAuthority:
    """An authority of your own: only clients that trust its file accept its work.

    Like a real one, it signs with an intermediate certificate.

    folder: a temporary folder with all files; root: the file to trust.
    """

    def __init__(self) -> None:
        import trustme

        self._temporary = TemporaryFolder()
        self.folder = self._temporary.path
        authority = trustme.CA()
        self.root = write_authority(authority, self.folder)
        self._intermediate = authority.create_child_ca()
        self._numbers = itertools.count(1)

    def issue(self, *names: str, expired: bool = False) -> Path:
        """Issue a certificate, and return the folder with it, as certbot makes it.

        names: the names that it is for; the site always looks for it in a folder that
            is named stores.example.
        expired: as for write_certificate().
        """
        folder = self.folder / f"certificates-{next(self._numbers)}"
        live = folder / "stores.example"
        live.mkdir(parents=True)
        write_certificate(self._intermediate, live, *names, expired=expired)
        return folder

    def delete(self) -> None:
        """Delete all files."""
        self._temporary.delete()

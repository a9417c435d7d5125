"""Make certificates, for servers of this machine: valid ones, and others."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


def write_authority(authority: trustme.CA, folder: Path) -> Path:
    """Write the certificate of an authority into a folder; return the file.

    A client that trusts this file accepts all certificates of the authority.
    """
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)
    return file


def write_certificate(
    authority: trustme.CA, folder: Path, *names: str, expired: bool = False
) -> tuple[Path, Path]:
    """Write a certificate and its private key into a folder; return both files.

    authority: issues it; names: host names or IP addresses.
    expired: whether it was valid until yesterday, instead of for 90 days from now on.
    """
    now = datetime.now(UTC)
    begin = now - timedelta(days=91 if expired else 0, minutes=1)
    end = begin + timedelta(days=90)
    issued = authority.issue_cert(*names, not_before=begin, not_after=end)
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    issued.private_key_pem.write_to_path(key)
    certificate.write_bytes(b"".join(p.bytes() for p in issued.cert_chain_pems))
    return certificate, key

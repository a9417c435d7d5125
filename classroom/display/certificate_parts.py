"""A certificate in its parts."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from classroom.display.colours import BLUE, RED, label
from classroom.display.masks import HIDDEN, is_stable
from classroom.display.tables import Table
from classroom.errors import UserError

# Pebble is a new authority at each start, and ends its name with a random number.
RANDOM_NUMBER = re.compile(r"(?<= CA )[\da-f]{6}$")


class Certificate:
    """A certificate in its parts, as a notebook or a terminal shows it.

    file: the certificate, followed by those that signed it, as in fullchain.pem.
    """

    def __init__(self, file: Path) -> None:
        try:
            chain = x509.load_pem_x509_certificates(file.read_bytes())
        except (OSError, ValueError):
            raise UserError("There is no certificate in this file.") from None
        self.certificate, *self.others = chain

    def fields(self) -> Table:
        """Return each field: its name, its value and its meaning."""
        begin = self.certificate.not_valid_before_utc
        days = round((self.certificate.not_valid_after_utc - begin) / timedelta(days=1))
        number = HIDDEN if is_stable() else f"{self.certificate.serial_number:x}"
        rows = [
            ["Subject Alternative Name", self.names(), "the names that it is for"],
            ["Public Key", self.key(), "only the server has its private key"],
            ["Not Before", write_time(begin), "not valid until then"],
            ["Not After", f"Not Before + {days} days", "not valid from then on"],
            ["Serial Number", number, "different for each certificate"],
            ["Issuer", write_name(self.certificate.issuer), "who signed all this"],
        ]
        return Table(["Field", "Value", "Meaning"], rows)

    def names(self) -> str:
        """Return the names that the certificate is for."""
        kind = x509.SubjectAlternativeName
        found = self.certificate.extensions.get_extension_for_class(kind).value
        return ", ".join(sorted(found.get_values_for_type(x509.DNSName)))

    def key(self) -> str:
        """Return the kind of the public key, and its size."""
        key = self.certificate.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey):
            return f"ECDSA, {key.key_size} bits"
        if isinstance(key, rsa.RSAPublicKey):
            return f"RSA, {key.key_size} bits"
        return type(key).__name__

    def chain(self) -> Table:
        """Return who has signed the certificate, and who has signed that one."""
        rows = [[write_name(c.subject), write_name(c.issuer)] for c in self.others]
        return Table(["Also in the file", "Signed by"], rows)

    def __repr__(self) -> str:
        return f"{self.fields()!r}\n\n{self.chain()!r}"

    def _repr_html_(self) -> str:
        return (
            f"<p>{label('Certificate', RED)} whose public key this is</p>"
            f"{self.fields()._repr_html_()}"
            f"<p>{label('Chain', BLUE)} from its issuer to one that the client trusts"
            f"</p>{self.chain()._repr_html_()}"
        )


def write_time(time: datetime) -> str:
    """Return a time; if outputs are stable, a mask."""
    return "(a time)" if is_stable() else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def write_name(name: x509.Name) -> str:
    """Return the common name of an authority, or all of its name."""
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    text = str(found[0].value) if found else name.rfc4514_string()
    return RANDOM_NUMBER.sub("…", text) if is_stable() else text

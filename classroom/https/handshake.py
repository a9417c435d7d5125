"""Try TLS handshakes: does a client accept a certificate, and does it get one?"""

import socket
import ssl
from dataclasses import dataclass

from classroom.https.certificates import OwnAuthority
from classroom.server.ports import HOST

TIMEOUT = 10.0  # seconds


@dataclass(frozen=True)
class Handshake:
    """What a client asks for, and what it finds.

    name: the name in the URL; expired: whether the certificate has expired.
    trusted: whether the client trusts the authority of the certificate.
    """

    name: str
    expired: bool = False
    trusted: bool = True


def accepts(wanted: Handshake, authority: OwnAuthority, *names: str) -> bool:
    """Return whether a client accepts a certificate, without a connection.

    authority: issues the certificate; names: those that it is for.
    """
    [folder] = authority.issue(*names, expired=wanted.expired).iterdir()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if wanted.trusted:
        client.load_verify_locations(authority.root)
    else:
        import trustme  # slow to import

        trustme.CA().configure_trust(client)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    visitor = client.wrap_bio(to_client, to_server, server_hostname=wanted.name)
    host = server.wrap_bio(to_server, to_client, server_side=True)
    is_waiting(visitor)  # it has sent what it wants
    is_waiting(host)  # it has sent its certificate
    try:
        return not is_waiting(visitor)
    except ssl.SSLCertVerificationError:
        return False


def is_waiting(side: ssl.SSLObject) -> bool:
    """Continue a handshake; return whether this side waits for the other one."""
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return True
    return False


def shake_hands(port: int, name: str | None) -> bool:
    """Return whether a server of this machine sends a certificate, whatever it is.

    name: the name that the client asks for, if any.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((HOST, port), TIMEOUT) as client,
            context.wrap_socket(client, server_hostname=name),
        ):
            return True
    except (ssl.SSLError, ConnectionError):
        return False

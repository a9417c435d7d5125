"""Ask a DNS server for records, and show its answer as dig does."""

import secrets
import socket
import struct
from dataclasses import dataclass

from IPython.display import display

from classroom.display.tables import Table
from classroom.https.authority import Authority
from classroom.server.ports import HOST

TIMEOUT = 5.0  # seconds
INTERNET = 1  # the class of all records that are in use
TYPES = {"A": 1, "CNAME": 5, "AAAA": 28, "CAA": 257}
NAMES = {number: name for name, number in TYPES.items()}
HEADER = struct.Struct("!HHHHHH")  # id, flags, and the number of records of each kind
FIELDS = struct.Struct("!HHIH")  # type, class, TTL, and the length of the value


@dataclass(frozen=True)
class Record:
    """A record of the answer, with its name, TTL in seconds, type and value."""

    name: str
    ttl: int
    type: str
    value: str


def ask_dns(port: int, name: str, kind: str) -> list[Record]:
    """Ask a DNS server of this machine for the records of a name.

    port: where it listens; name: such as "stores.example"; kind: such as "A".
    """
    question = HEADER.pack(secrets.randbits(16), 0x0100, 1, 0, 0, 0)
    question += write_name(name) + struct.pack("!HH", TYPES[kind], INTERNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(TIMEOUT)
        client.connect((HOST, port))
        client.send(question)
        answer = client.recv(4096)
    position, records = len(question), []
    for _ in range(HEADER.unpack_from(answer)[3]):
        record, position = read_record(answer, position)
        records.append(record)
    return records


def write_name(name: str) -> bytes:
    """Return a name as DNS sends it: each part after its length, and 0 at the end."""
    parts = [part.encode() for part in name.split(".")]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def read_name(answer: bytes, position: int) -> tuple[str, int]:
    """Return the name at a position, and the position after it."""
    parts: list[str] = []
    while length := answer[position]:
        if length >= 0xC0:  # the rest is at another position, where it was before
            [pointer] = struct.unpack_from("!H", answer, position)
            rest, _ = read_name(answer, pointer & 0x3FFF)
            return ".".join([*parts, rest]), position + 2
        parts.append(answer[position + 1 : position + 1 + length].decode())
        position += 1 + length
    return ".".join([*parts, ""]), position + 1


def read_record(answer: bytes, position: int) -> tuple[Record, int]:
    """Return the record at a position, and the position after it."""
    name, position = read_name(answer, position)
    number, _, ttl, length = FIELDS.unpack_from(answer, position)
    begin = position + FIELDS.size
    end = begin + length
    kind = NAMES.get(number, str(number))
    return Record(name, ttl, kind, read_value(answer, kind, begin, end)), end


def read_value(answer: bytes, kind: str, begin: int, end: int) -> str:
    """Return the value of a record, as dig shows it."""
    value = answer[begin:end]
    if kind == "A":
        return socket.inet_ntop(socket.AF_INET, value)
    if kind == "AAAA":
        return socket.inet_ntop(socket.AF_INET6, value)
    if kind == "CNAME":
        return read_name(answer, begin)[0]
    if kind == "CAA":
        flags, length = value[0], value[1]
        tag, policy = value[2 : 2 + length].decode(), value[2 + length :].decode()
        return f'{flags} {tag} "{policy}"'
    return value.hex()


def show_dns(authority: Authority, name: str, *kinds: str) -> None:
    """Show the records that the DNS server of an authority has for a name.

    authority: from start_authority(); kinds: such as "A" or "CAA".
    """
    found = {r: None for kind in kinds for r in ask_dns(authority.dns_port, name, kind)}
    rows = [[r.name, str(r.ttl), "IN", r.type, r.value] for r in found]
    display(Table(["Name", "TTL", "Class", "Type", "Value"], rows))

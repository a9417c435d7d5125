"""Show the content of a JSON web token."""

import base64
import json
import time
from datetime import UTC, datetime
from html import escape

from IPython.display import display

from classroom.display.colours import BLUE, PURPLE, RED, label
from classroom.display.masks import HIDDEN, is_stable
from classroom.errors import UserError

# What the claims of RFC 7519 and of flask-jwt-extended mean.
CLAIMS = {
    "iss": "issuer: the service that issued the token",
    "sub": "subject: the ID of the user",
    "aud": "audience: the services it is meant for",
    "exp": "expiration time: not valid from then on",
    "nbf": "not before: not valid until then",
    "iat": "issued at: when it was created, in seconds since 1970",
    "jti": "JWT ID: unique to each token",
    "type": "access token or refresh token",
    "role": "decides what the user is allowed to do",
    "sid": "session ID: the login it belongs to",
    "fresh": "whether it is a fresh token: see section 11",
    "csrf": "protects a token in a cookie from cross-site requests",
}
# These are different for each token, or for each login.
UNIQUE_CLAIMS = ("jti", "csrf", "sid")
TIMES = ("exp", "nbf", "iat")
SHORTEST_SIGNATURE = 40  # characters; of a shorter one, too much would be shown
UNITS = {"day": 24 * 60 * 60, "hour": 60 * 60, "minute": 60}  # in seconds


def decode_part(part: str) -> dict[str, object]:
    """Return the JSON object in a part of a token, which is encoded, not encrypted."""
    padded = part + "=" * (-len(part) % 4)
    value = json.loads(base64.urlsafe_b64decode(padded))
    if not isinstance(value, dict):
        raise ValueError
    return value


def describe_interval(claim: str, value: object, payload: dict[str, object]) -> str:
    """Return a time relative to the claim iat, such as "iat + 1 hour"."""
    issued = payload.get("iat")
    if not isinstance(value, int) or not isinstance(issued, int):
        return str(value)
    if claim == "iat":
        return "(a time)" if is_stable() else write_time(value)
    if value == issued:
        return "iat"
    for unit, seconds in UNITS.items():
        count, rest = divmod(value - issued, seconds)
        if count and not rest:
            return f"iat + {count} {unit}{'s' if count > 1 else ''}"
    return f"iat + {value - issued} s"


def write_time(seconds: int) -> str:
    """Return a time in seconds since 1970 as a date and a time in UTC."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):  # too far away
        return str(seconds)


class Token:
    """A token in its three parts, as a notebook or a terminal shows it.

    The signature is masked, but for its end: without it, a token cannot be used.
    """

    def __init__(self, text: str) -> None:
        try:
            header, payload, self.signature = text.split(".")
            self.header, self.payload = decode_part(header), decode_part(payload)
        except (ValueError, AttributeError):
            raise UserError(
                "This is not a token: a token has three parts, separated by dots."
            ) from None

    def rows(self) -> list[tuple[str, str, str]]:
        """Return each claim: its name, its value and its meaning."""
        rows = []
        for claim, value in self.payload.items():
            shown = json.dumps(value, ensure_ascii=False)
            if claim in TIMES:
                shown = describe_interval(claim, value, self.payload)
                if not is_stable() and shown != str(value):
                    shown = f"{value} ({shown})"
            elif claim in UNIQUE_CLAIMS and is_stable():
                shown = HIDDEN
            rows.append((claim, shown, CLAIMS.get(claim, "")))
        return rows

    def end_of_signature(self) -> str:
        """Return how the signature ends; if outputs are stable, a mask."""
        is_long = len(self.signature) >= SHORTEST_SIGNATURE and not is_stable()
        return f"…{self.signature[-6:]}" if is_long else HIDDEN

    def __repr__(self) -> str:
        claims = "\n".join(f"  {c:<6} {v:<18} {m}" for c, v, m in self.rows())
        return (
            f"header     {json.dumps(self.header)}\npayload\n{claims}\n"
            f"signature  {self.end_of_signature()} {len(self.signature)} characters\n"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            '<tr style="background:none"><td style="text-align:left"><code>'
            f'{escape(claim)}</code></td><td style="text-align:left"><code>'
            f"{escape(value)}</code></td>"
            f'<td style="text-align:left">{meaning}</td></tr>'
            for claim, value, meaning in self.rows()
        )
        return (
            f"<p>{label('Header', RED)} how it is signed</p>"
            f"<pre>{escape(json.dumps(self.header))}</pre>"
            f"<p>{label('Payload', PURPLE)} the claims</p><table>{rows}</table>"
            f"<p>{label('Signature', BLUE)} proves that the holder of the key issued it"
            f"</p><p><code>{escape(self.end_of_signature())}</code> "
            f"{len(self.signature)} characters</p>"
        )


def show_token(text: str) -> None:
    """Show the header, payload and signature of a token, with readable times.

    text: the token; it is decoded, but its signature is not verified.

    Raises UserError if it is not a JSON web token.
    """
    display(Token(text))


def wait_until_expired(text: str) -> None:
    """Wait until a token has expired, and print how long it was valid.

    text: the token, which should expire within a few seconds.

    Raises UserError if it is not a JSON web token that expires.
    """
    payload = Token(text).payload
    match payload:
        case {"iat": int(issued), "exp": int(end)}:
            time.sleep(max(0, end - time.time()))
            print(f"The token was valid for {end - issued} s and has expired.")
        case _:
            raise UserError("This token does not expire.")

"""Show the content of a JSON web token."""

import base64
import json
import time
from html import escape

from IPython.display import display

from classroom.display.exchange import HIDDEN
from classroom.errors import UserError

# What the claims of RFC 7519 and of flask-jwt-extended mean.
CLAIMS = {
    "iss": "issuer: which server issued the token",
    "sub": "subject: the user it identifies",
    "aud": "audience: which servers it is meant for",
    "exp": "expires: not valid after that time",
    "nbf": "not before: not valid before that time",
    "iat": "issued at: when it was created",
    "jti": "JWT ID: a different one for each token",
    "type": "what it may be used for: access or refresh",
    "role": "what the user may do",
    "sid": "session: the login that it comes from",
    "fresh": "whether it is marked as fresh: see section 11",
    "csrf": "protects tokens in cookies against forged requests",
}
# These differ from token to token, or from login to login.
UNIQUE_CLAIMS = ("jti", "csrf", "sid")
UNITS = {"day": 24 * 60 * 60, "hour": 60 * 60, "minute": 60}  # in seconds
COLOURS = ["#cf222e", "#8250df", "#0969da"]  # header, payload, signature


def decode_part(part: str) -> dict[str, object]:
    """Return the content of a part of a token: it is encoded, not encrypted."""
    padded = part + "=" * (-len(part) % 4)
    value = json.loads(base64.urlsafe_b64decode(padded))
    if not isinstance(value, dict):
        raise ValueError
    return value


def describe_time(claim: str, value: object, payload: dict[str, object]) -> str:
    """Return a time relative to when the token was issued."""
    issued = payload.get("iat")
    if not isinstance(value, int) or not isinstance(issued, int):
        return str(value)
    if claim == "iat":
        return "now"
    for unit, seconds in UNITS.items():
        count, rest = divmod(value - issued, seconds)
        if count and not rest:
            return f"now + {count} {unit}{'s' if count > 1 else ''}"
    return f"now + {value - issued} s" if value != issued else "now"


class Token:
    """A token in its three parts, as a notebook or a terminal shows it.

    What can be used as credentials, the signature and the whole token, is not shown.
    What differs each time is masked, so that a notebook always shows the same.
    """

    def __init__(self, text: str) -> None:
        try:
            header, payload, self.signature = text.split(".")
            self.header, self.payload = decode_part(header), decode_part(payload)
        except (ValueError, AttributeError):
            raise UserError(
                "This is not a token, which has three parts with dots between them."
            ) from None

    def rows(self) -> list[tuple[str, str, str]]:
        """Return each claim: its name, its value and its meaning."""
        rows = []
        for claim, value in self.payload.items():
            shown = json.dumps(value, ensure_ascii=False)
            if claim in ("exp", "nbf", "iat"):
                shown = describe_time(claim, value, self.payload)
            elif claim in UNIQUE_CLAIMS:
                shown = HIDDEN
            rows.append((claim, shown, CLAIMS.get(claim, "")))
        return rows

    def __repr__(self) -> str:
        claims = "\n".join(f"  {c:<6} {v:<18} {m}" for c, v, m in self.rows())
        return (
            f"header     {json.dumps(self.header)}\npayload\n{claims}\n"
            f"signature  {len(self.signature)} characters\n"
        )

    def _repr_html_(self) -> str:
        left = 'style="text-align:left; border-left:4px solid {}; padding-left:12px"'
        header, payload, signature = (left.format(colour) for colour in COLOURS)
        rows = "".join(
            '<tr style="background:none"><td style="text-align:left"><code>'
            f'{escape(claim)}</code></td><td style="text-align:left"><code>'
            f"{escape(value)}</code></td>"
            f'<td style="text-align:left">{meaning}</td></tr>'
            for claim, value, meaning in self.rows()
        )
        return (
            f"<div {header}><b>Header</b>: how it is signed"
            f"<pre>{escape(json.dumps(self.header))}</pre></div>"
            f"<div {payload}><b>Payload</b>: the claims<table>{rows}</table></div>"
            f"<div {signature}><b>Signature</b>: proves that the holder of the key "
            f"issued it<br><code>{HIDDEN}</code> {len(self.signature)} characters</div>"
        )


def show_token(text: str) -> None:
    """Show a token's header, payload and signature, with readable times.

    text: the token, as the server sent it. It is decoded, not verified.

    Raises UserError if it is not a JSON web token.
    """
    display(Token(text))


def wait_until_expired(text: str) -> None:
    """Wait until a token has expired, and print how long it was valid.

    text: the token, which should expire within seconds.

    Raises UserError if it is not a JSON web token that expires.
    """
    payload = Token(text).payload
    match payload:
        case {"iat": int(issued), "exp": int(end)}:
            time.sleep(max(0, end - time.time()))
            print(f"The token was valid for {end - issued} s, and has expired.")
        case _:
            raise UserError("This token does not expire.")

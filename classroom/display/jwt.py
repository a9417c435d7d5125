"""Show what stands in a JSON web token."""

import base64
import json
import time
from html import escape

from IPython.display import display

from classroom.display.exchange import HIDDEN
from classroom.errors import UserError

# The claims of RFC 7519 and of flask-jwt-extended, in words.
CLAIMS = {
    "iss": "issuer: who made the token",
    "sub": "subject: whom it is about",
    "aud": "audience: for whom it is",
    "exp": "expires: not valid any more from then on",
    "nbf": "not before: not valid until then",
    "iat": "issued at: when it was made",
    "jti": "the token's own id, a different one each time",
    "type": "what it may be used for",
    "role": "what the user may do",
    "sid": "session: the login that it comes from",
    "fresh": "whether it is marked as fresh: see section 11",
    "csrf": "against forged requests, where tokens are kept in cookies",
}
# Each of these is another one in each token, or in each login.
NEVER_THE_SAME = ("jti", "csrf", "sid")
UNITS = {"day": 24 * 60 * 60, "hour": 60 * 60, "minute": 60}  # in seconds
COLOURS = ["#cf222e", "#8250df", "#0969da"]  # header, payload, signature


def decode_part(part: str) -> dict[str, object]:
    """Return what a part of a token says; it is not encrypted, so anybody can."""
    padded = part + "=" * (-len(part) % 4)
    value = json.loads(base64.urlsafe_b64decode(padded))
    if not isinstance(value, dict):
        raise ValueError
    return value


def describe_time(claim: str, value: object, payload: dict[str, object]) -> str:
    """Return a time as one says it, counted from when the token was made."""
    made = payload.get("iat")
    if not isinstance(value, int) or not isinstance(made, int):
        return str(value)
    if claim == "iat":
        return "now"
    for unit, seconds in UNITS.items():
        count, rest = divmod(value - made, seconds)
        if count and not rest:
            return f"now + {count} {unit}{'s' if count > 1 else ''}"
    return f"now + {value - made} s" if value != made else "now"


class Token:
    """A token in its three parts, as a notebook or a terminal shows it.

    What proves who one is, the signature and the token as a whole, is left out; and so
    is what is different each time, so that a lesson shows the same each time.
    """

    def __init__(self, text: str) -> None:
        try:
            header, payload, self.signature = text.split(".")
            self.header, self.payload = decode_part(header), decode_part(payload)
        except (ValueError, AttributeError):
            raise UserError(
                "This is not a token: three parts with dots between."
            ) from None

    def rows(self) -> list[tuple[str, str, str]]:
        """Return each claim: its name, its value, and what it means."""
        rows = []
        for claim, value in self.payload.items():
            shown = json.dumps(value, ensure_ascii=False)
            if claim in ("exp", "nbf", "iat"):
                shown = describe_time(claim, value, self.payload)
            elif claim in NEVER_THE_SAME:
                shown = HIDDEN
            rows.append((claim, shown, CLAIMS.get(claim, "")))
        return rows

    def __repr__(self) -> str:
        claims = "\n".join(f"  {c:<6} {v:<18} {m}" for c, v, m in self.rows())
        return (
            f"header     {json.dumps(self.header)}\npayload\n{claims}\n"
            f"signature  {len(self.signature)} letters\n"
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
            f"<div {payload}><b>Payload</b>: what it says<table>{rows}</table></div>"
            f"<div {signature}><b>Signature</b>: that who has the key said so<br>"
            f"<code>{HIDDEN}</code> {len(self.signature)} letters</div>"
        )


def show_token(text: str) -> None:
    """Show a token's header, payload and signature, with times as times.

    text: the token, as it was given out. It is not verified: everybody can read one.

    Raises UserError if it is no JSON web token.
    """
    display(Token(text))


def wait_until_expired(text: str) -> None:
    """Wait until a token is not valid any more, and say how long it was.

    text: the token. It should be good for some seconds only.

    Raises UserError if it is no JSON web token that expires.
    """
    payload = Token(text).payload
    match payload:
        case {"iat": int(made), "exp": int(end)}:
            time.sleep(max(0, end - time.time()))
            print(f"The token was good for {end - made} s. They are over.")
        case _:
            raise UserError("This token does not expire.")

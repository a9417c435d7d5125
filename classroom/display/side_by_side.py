"""Show responses, or tokens, side by side."""

import json
from collections.abc import Iterator, Mapping
from html import escape

import requests
from IPython.display import display

from classroom.display.exchange import body_lines, request_text
from classroom.display.jwt import (
    CLAIMS,
    TIMES,
    UNIQUE_CLAIMS,
    Token,
    describe_interval,
)
from classroom.display.masks import is_stable
from classroom.display.statuses import badge, name_status

# Section 11 introduces fresh tokens.
MEANINGS = CLAIMS | {"fresh": "whether it is from a login with a password"}
NARROW = 30  # characters in a line of JSON: three bodies fit side by side
# Long lines are broken at spaces, if there are any.
PRE = "margin:8px 0 0; white-space:pre-wrap; word-break:normal; overflow-wrap:anywhere"
LEFT = 'style="text-align:left; vertical-align:top"'


class Responses:
    """The responses to several clients, in a column each.

    responses: each by its heading; "_" is shown as a space.
    """

    def __init__(self, responses: Mapping[str, requests.Response]) -> None:
        self.columns = [
            (
                name.replace("_", " "),
                request_text(response.request).splitlines()[0],
                response.status_code,
                "\n".join(body_lines(response.content, NARROW)),
            )
            for name, response in responses.items()
        ]

    def __repr__(self) -> str:
        return "\n".join(
            f"{name}: {request}\n→ {name_status(status)}\n{body}\n"
            for name, request, status, body in self.columns
        )

    def _repr_html_(self) -> str:
        heads = "".join(
            f"<th {LEFT}>{escape(name)}<br><code>{escape(request)}</code></th>"
            for name, request, _, _ in self.columns
        )
        cells = "".join(
            f'<td {LEFT}>{badge(status)}<pre style="{PRE}">{escape(body)}</pre></td>'
            for _, _, status, body in self.columns
        )
        return (
            '<table style="table-layout:fixed; width:100%">'
            f"<thead><tr>{heads}</tr></thead>"
            f'<tbody><tr style="background:none">{cells}</tr></tbody></table>'
        )


def show_side_by_side(**responses: requests.Response) -> None:
    """Show the responses to several clients, in a column each.

    responses: each by its heading, such as visitor=…, the_user=….
    """
    display(Responses(responses))


class Tokens:
    """The claims of several tokens, side by side.

    A unique value has a letter: the same letter means the same value.

    tokens: each by its heading; "_" is shown as a space.
    """

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self.names = [name.replace("_", " ") for name in tokens]
        self.tokens = [Token(text) for text in tokens.values()]

    def rows(self) -> Iterator[tuple[str, list[str], str]]:
        """Yield each claim: its name, its value in each token, and its meaning."""
        keys = [str(token.header.get("kid", "")) for token in self.tokens]
        if len(set(keys)) > 1:
            yield "kid", keys, "key ID: the key that signed it (in the header)"
        for claim in dict.fromkeys(c for token in self.tokens for c in token.payload):
            payloads = [token.payload for token in self.tokens]
            if claim in UNIQUE_CLAIMS:
                values = name_values([str(each.get(claim)) for each in payloads])
            else:
                values = [describe_claim(claim, each) for each in payloads]
            yield claim, values, MEANINGS.get(claim, "")

    def __repr__(self) -> str:
        names = " ".join(f"{name:<18}" for name in self.names)
        lines = [f"{' ' * 9}{names}".rstrip()]
        for claim, values, meaning in self.rows():
            columns = " ".join(f"{value:<18}" for value in values)
            lines.append(
                f"{mark(claim, values)} {claim:<6} {columns} {meaning}".rstrip()
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        titles = ["", "", *self.names, ""]
        heads = "".join(f"<th {LEFT}>{escape(title)}</th>" for title in titles)
        rows = ""
        for claim, values, meaning in self.rows():
            cells = [mark(claim, values), f"<code>{escape(claim)}</code>"]
            cells += [f"<code>{escape(value)}</code>" for value in values]
            columns = "".join(f"<td {LEFT}>{cell}</td>" for cell in [*cells, meaning])
            rows += f'<tr style="background:none">{columns}</tr>'
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def describe_claim(claim: str, payload: dict[str, object]) -> str:
    """Return the value of a claim; "" if a token does not have it."""
    if claim not in payload:
        return ""
    if claim in TIMES:
        return describe_interval(claim, payload[claim], payload)
    return json.dumps(payload[claim], ensure_ascii=False)


def name_values(values: list[str]) -> list[str]:
    """Return a letter for each different value, and how the value begins.

    If outputs are stable, only the letters.
    """
    kinds = list(dict.fromkeys(values))
    letters = [f"({chr(ord('A') + kinds.index(value))})" for value in values]
    if is_stable():
        return letters
    return [f"{letters[i]} {value[:8]}…" for i, value in enumerate(values)]


def mark(claim: str, values: list[str]) -> str:
    """Return a sign for whether the values of a claim are the same.

    Times have none, unless they are at different intervals from iat: whether they are
    the same depends on the second in which each token was issued.
    """
    if claim == "iat":
        return " "
    if len(set(values)) > 1:
        return "≠"
    return " " if claim in TIMES else "="


def show_tokens(**tokens: str) -> None:
    """Show the claims of several tokens side by side, and where they differ.

    tokens: each by its heading, such as access=…, refresh=….

    Raises UserError if one is not a JSON web token.
    """
    display(Tokens(tokens))

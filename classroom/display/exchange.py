"""Show HTTP requests and their responses."""

import json
import re
from collections.abc import Iterable
from html import escape
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from IPython.display import display

from classroom.errors import UserError
from classroom.server.client import Api

WIDTH = 72  # characters in a line of JSON, where it can be broken
LONGEST_BODY = 30  # lines

# What each status means, in words for beginners.
MEANINGS = {
    200: "the request succeeded",
    201: "a new resource was created; Location, if present, is its URL",
    202: "accepted, but not finished; Location is the URL of the result",
    204: "the request succeeded, and the response has no body",
    400: "the request is not correct; change it before you send it again",
    401: "not authenticated; the request has no valid credentials",
    403: "authenticated, but not allowed",
    404: "nothing was found at this URL",
    405: "this URL does not support this method; Allow lists those it supports",
    409: "this conflicts with what already exists",
    413: "the body is too large",
    415: "the server does not accept a body of this Content-Type",
    422: "the request can be read, but some of its values are not valid",
    429: "too many requests; Retry-After is the number of seconds to wait",
    500: "an error of the server, not of the client",
    503: "the server cannot handle requests at present",
}

HTTP_NAMES = {status.value: status.phrase for status in HTTPStatus}
# The names of RFC 9110, which Python has since 3.13.
HTTP_NAMES |= {413: "Content Too Large", 422: "Unprocessable Content"}

# What is shown instead of a secret: notebooks are saved, and shown on projectors.
HIDDEN = "••••••••"
PASSWORDS = {"password", "old", "new"}
UNPARSED_PASSWORD = re.compile(r"""(["']?password["']?\s*[:=]\s*["']?)[^"'&,}\s]+""")
# A timestamp differs in each run, so its format is shown instead.
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
HASH = re.compile(r"(scrypt:[\d:]+\$)[^'\"\s]+")
UUID = re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}")
UUID_FORMAT = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"  # a UUID differs in each run, too

# The headers that the notebooks explain; the others are left out.
REQUEST_HEADERS = ["Authorization", "Content-Type"]
RESPONSE_HEADERS = [
    *("Content-Type", "Location", "Allow", "WWW-Authenticate"),
    *("Retry-After", "X-Pagination"),
]

# One colour for each class of status, readable in light and dark themes.
COLOURS = {2: "#1a7f37", 3: "#0969da", 4: "#bc4c00", 5: "#cf222e"}


def name_status(status: int) -> str:
    """Return a status with its name, such as '404 Not Found'."""
    return f"{status} {HTTP_NAMES.get(status, 'not an HTTP status')}"


def explain_status(status: int) -> str:
    """Return what a status means, in words."""
    return MEANINGS.get(status, "not explained here: look it up")


def badge(status: int) -> str:
    """Return the HTML of a status as a coloured label."""
    style = (
        f"background:{COLOURS.get(status // 100, '#57606a')}; color:#fff; "
        "border-radius:4px; padding:2px 8px; font-weight:600; white-space:nowrap"
    )
    return f'<span style="{style}">{name_status(status)}</span>'


def write_json(value: object, indent: str = "", width: int = WIDTH) -> str:
    """Return a JSON value as a string, in as few lines as are readable.

    width: the longest line in characters, where a line can be broken.
    """
    line = json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= width or not isinstance(value, dict | list) or not value:
        return line
    deeper = f"{indent}  "
    if isinstance(value, dict):
        brackets = "{}"
        parts = [
            f"{json.dumps(name)}: {write_json(part, deeper, width)}"
            for name, part in value.items()
        ]
    else:
        brackets = "[]"
        parts = [write_json(part, deeper, width) for part in value]
    inner = f",\n{deeper}".join(parts)
    return f"{brackets[0]}\n{deeper}{inner}\n{indent}{brackets[1]}"


def hide_secrets(value: object) -> object:
    """Return a JSON value with its passwords and tokens masked, but for their header.

    Timestamps are not secret, but vary: they are replaced by their format.
    """
    if isinstance(value, list):
        return [hide_secrets(part) for part in value]
    if not isinstance(value, dict):
        return value
    shown = {}
    for name, part in value.items():
        if name in PASSWORDS and part is not None:
            part = HIDDEN
        elif name.endswith("_token") and isinstance(part, str):
            header, dot, _ = part.partition(".")
            part = f"{header}.{HIDDEN}" if dot else HIDDEN
        elif name.endswith("_at") and isinstance(part, str):
            part = TIMESTAMP.sub("YYYY-MM-DDThh:mm:ss", part)
        shown[name] = hide_secrets(part)
    return shown


def hide_hashes(text: str) -> str:
    """Return a string with the secret part of its password hashes masked."""
    return HASH.sub(rf"\1{HIDDEN}", text)


def body_lines(body: bytes, width: int = WIDTH) -> list[str]:
    """Return the lines of a body; JSON is indented, and a long body is cut."""
    text = body.decode("utf-8", "replace")
    try:
        text = write_json(hide_secrets(json.loads(text)), width=width)
    except (ValueError, RecursionError):
        # Not JSON: shown as it is, except for passwords, since it may be broken JSON.
        text = UNPARSED_PASSWORD.sub(rf"\1{HIDDEN}", text)
    # A lone surrogate cannot be encoded: it is shown escaped.
    lines = text.encode("utf-8", "backslashreplace").decode().splitlines()
    if len(lines) > LONGEST_BODY:
        left_out = len(lines) - LONGEST_BODY
        lines = [*lines[:LONGEST_BODY], f"… and {left_out} more lines"]
    return [line if len(line) <= 200 else f"{line[:200]}…" for line in lines]


def request_text(request: requests.PreparedRequest) -> str:
    """Return a request: its first line, the headers in REQUEST_HEADERS and its body.

    The credentials in the header Authorization are masked.
    """
    url = urlsplit(request.url or "")
    query = f"?{url.query}" if url.query else ""
    lines = [f"{request.method} {url.path}{query}"]
    for name in REQUEST_HEADERS:
        value = request.headers.get(name)
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if value is not None and name == "Authorization":
            scheme, space, _ = value.partition(" ")
            value = f"{scheme} {HIDDEN}" if space else HIDDEN
        if value is not None:
            lines.append(f"{name}: {value}")
    body = request.body or b""
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes):
        body = b"(a body sent in chunks)"
    if body:
        lines += ["", *body_lines(body)]
    return UUID.sub(UUID_FORMAT, "\n".join(lines))


def response_text(response: requests.Response) -> str:
    """Return a response: the headers in RESPONSE_HEADERS and its body."""
    headers = response.headers.copy()
    if "Allow" in headers:  # sorted, since Flask's order of methods varies
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
    if response.status_code == 429 and "Retry-After" in headers:
        # It depends on when the first request was counted.
        headers["Retry-After"] = "(seconds until the limit is reset)"
    lines = [f"{name}: {headers[name]}" for name in RESPONSE_HEADERS if name in headers]
    if response.content:
        lines += ["", *body_lines(response.content)]
    return UUID.sub(UUID_FORMAT, "\n".join(lines))


class Exchange:
    """A request and its response, as a notebook or a terminal shows them."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.request = request_text(response.request)
        self.response = response_text(response)

    def __repr__(self) -> str:
        status = f"{name_status(self.status)}: {explain_status(self.status)}"
        return f"{self.request}\n\n→ {status}\n{self.response}\n"

    def _repr_html_(self) -> str:
        colour = COLOURS.get(self.status // 100, "#57606a")
        return (
            f'<div style="border-left:4px solid {colour}; padding-left:12px">'
            f'<pre style="margin:0 0 8px">{escape(self.request)}</pre>'
            f"<p>{badge(self.status)} {explain_status(self.status)}</p>"
            f'<pre style="margin:8px 0 0">{escape(self.response)}</pre></div>'
        )


class StatusTable:
    """The statuses of some responses, each with the first request that received it."""

    def __init__(self, responses: Iterable[requests.Response]) -> None:
        self.rows: dict[int, str] = {}
        for response in responses:
            request = request_text(response.request).splitlines()[0]
            self.rows.setdefault(response.status_code, request)

    def __repr__(self) -> str:
        return "\n".join(
            f"{name_status(status):<30} {request}\n    {explain_status(status)}"
            for status, request in sorted(self.rows.items())
        )

    def _repr_html_(self) -> str:
        left = '<td style="text-align:left">'
        rows = "".join(
            f"<tr>{left}{badge(status)}</td>{left}{explain_status(status)}</td>"
            f"{left}<code>{escape(request)}</code></td></tr>"
            for status, request in sorted(self.rows.items())
        )
        head = "".join(
            f'<th style="text-align:left">{title}</th>'
            for title in ("Status", "Meaning", "First request")
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def show(*responses: requests.Response) -> None:
    """Show each response after its request.

    Raises UserError if an argument is not a response.
    """
    for response in responses:
        if not isinstance(response, requests.Response):
            raise UserError('show() takes a response, as in show(api.get("/")).')
        display(Exchange(response))


def show_statuses(api: Api) -> None:
    """Show a table of the statuses that a session has received so far."""
    display(StatusTable(api.history))

"""Show HTTP requests and their responses."""

import json
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

import requests
from IPython.display import display

from classroom.display.cookies import hide_cookies, set_cookies
from classroom.display.html import form_text, main_part
from classroom.display.masks import (
    HIDDEN,
    UNPARSED_PASSWORD,
    hide_credentials,
    hide_passwords,
    hide_port,
    is_stable,
    shorten_tokens,
    stabilize_ids,
)
from classroom.display.statuses import badge, explain_status, name_status
from classroom.errors import UserError
from classroom.server.client import Api

WIDTH = 72  # characters in a line of JSON, where it can be broken
LONGEST_BODY = 30  # lines

# The headers that the notebooks explain; the others are left out.
REQUEST_HEADERS = [
    *("Authorization", "Cookie", "Content-Type", "Origin"),
    *("Access-Control-Request-Method", "Access-Control-Request-Headers"),
]
CORS = [
    *("Allow-Origin", "Allow-Credentials", "Allow-Methods", "Allow-Headers"),
    *("Expose-Headers", "Max-Age"),
]
RESPONSE_HEADERS = [
    *("Content-Type", "Content-Disposition", "Location", "Allow", "WWW-Authenticate"),
    *("Retry-After", "X-Pagination", "Set-Cookie"),
    *(f"Access-Control-{name}" for name in CORS),
]
FORM = "application/x-www-form-urlencoded"


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


def body_lines(
    body: bytes, width: int = WIDTH, *, of_request: bool = False
) -> list[str]:
    """Return the lines of a body: JSON is indented, and a long body is cut.

    Of a page of a site, these are the lines of its main part.

    of_request: mask passwords, which the bodies of requests have.
    """
    text = body.decode("utf-8", "replace")
    try:
        value = shorten_tokens(json.loads(text))
        text = write_json(hide_passwords(value) if of_request else value, width=width)
    except (ValueError, RecursionError):
        # Not JSON: shown as it is, except for passwords, since it may be broken JSON.
        text = main_part(text)
        if of_request:
            text = UNPARSED_PASSWORD.sub(rf"\1{HIDDEN}", text)
    # A lone surrogate cannot be encoded: it is shown escaped.
    lines = text.encode("utf-8", "backslashreplace").decode().splitlines()
    if len(lines) > LONGEST_BODY:
        left_out = len(lines) - LONGEST_BODY
        lines = [*lines[:LONGEST_BODY], f"… and {left_out} more lines"]
    return [line if len(line) <= 200 else f"{line[:200]}…" for line in lines]


def request_text(
    request: requests.PreparedRequest, *, all_headers: bool = False
) -> str:
    """Return a request: its first line, its headers and its body.

    The credentials in the header Authorization are masked, and so are passwords.

    all_headers: not only those in REQUEST_HEADERS.
    """
    url = urlsplit(request.url or "")
    query = f"?{url.query}" if url.query else ""
    lines = [f"{request.method} {url.path}{query}"]
    for name in request.headers if all_headers else REQUEST_HEADERS:
        value = request.headers.get(name)
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if value is not None and name.title() == "Authorization":
            value = hide_credentials(value)
        if value is not None and name.title() == "Cookie":
            value = hide_cookies(value)
        if value is not None:
            lines.append(f"{name}: {hide_port(value)}")
    body = request.body or b""
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes):
        body = b"(a body sent in chunks)"
    if request.headers.get("Content-Type") == FORM:
        lines += ["", *form_text(body.decode("utf-8", "replace")).splitlines()]
    elif body:
        lines += ["", *body_lines(body, of_request=True)]
    return stabilize_ids("\n".join(lines))


def response_text(response: requests.Response, *, all_headers: bool = False) -> str:
    """Return a response: its headers and its body.

    all_headers: not only those in RESPONSE_HEADERS.
    """
    headers = response.headers.copy()
    if "Allow" in headers:  # sorted, since Flask's order of methods varies
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
    if response.status_code == 429 and "Retry-After" in headers and is_stable():
        # It depends on when the first request was counted.
        headers["Retry-After"] = "(seconds until the limit is reset)"
    names = headers if all_headers else RESPONSE_HEADERS
    lines = [f"{name}: {hide_port(headers[name])}" for name in names if name in headers]
    if "Set-Cookie" in headers:  # requests joins several of them in one line
        lines = [line for line in lines if not line.startswith("Set-Cookie:")]
        lines += [f"Set-Cookie: {cookie}" for cookie in set_cookies(response)]
    if response.content and not response.is_redirect:  # browsers do not show it
        lines += ["", *body_lines(response.content)]
    return stabilize_ids("\n".join(lines))


def count_left_out(response: requests.Response) -> int:
    """Return how many headers of a request and its response are not shown."""
    sent = set(map(str.title, response.request.headers)) - set(REQUEST_HEADERS)
    shown = set(map(str.lower, RESPONSE_HEADERS))
    return len(sent) + sum(name.lower() not in shown for name in response.headers)


class Exchange:
    """A request and its response, as a notebook or a terminal shows them.

    all_headers: show every header, and not only those that the notebooks explain.
    """

    def __init__(self, response: requests.Response, all_headers: bool = False) -> None:
        self.status = response.status_code
        self.request = request_text(response.request, all_headers=all_headers)
        self.response = response_text(response, all_headers=all_headers)
        left_out = 0 if all_headers else count_left_out(response)
        plural = "s" if left_out > 1 else ""
        self.more = ""
        if left_out:
            self.more = f'{left_out} more header{plural}: show(reply, headers="all")'

    def __repr__(self) -> str:
        status = f"{name_status(self.status)}: {explain_status(self.status)}"
        more = f"\n({self.more})\n" if self.more else ""
        return f"{self.request}\n\n→ {status}\n{self.response}\n{more}"

    def _repr_html_(self) -> str:
        more = f'<p style="margin:8px 0 0"><small>{escape(self.more)}</small></p>'
        return (
            '<div style="border-left:2px solid; padding-left:12px">'
            f'<pre style="margin:0 0 8px">{escape(self.request)}</pre>'
            f"<p>{badge(self.status)} {explain_status(self.status)}</p>"
            f'<pre style="margin:8px 0 0">{escape(self.response)}</pre>'
            f"{more if self.more else ''}</div>"
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


def show(*responses: requests.Response, headers: str = "") -> None:
    """Show each response after its request, with the headers that matter here.

    Of a page with a main part, only that is shown, without the classes of its tags.

    headers: "all" shows every header; credentials and passwords stay masked.

    Raises UserError if an argument is not a response.
    """
    if headers not in ("", "all"):
        raise UserError('headers is "all", or is left out.')
    for response in responses:
        if not isinstance(response, requests.Response):
            raise UserError('show() takes a response, as in show(api.get("/")).')
        display(Exchange(response, all_headers=bool(headers)))


def show_statuses(api: Api) -> None:
    """Show a table of the statuses that a session has received so far."""
    display(StatusTable(api.history))

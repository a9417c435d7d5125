"""What a page has tried, what the browser has sent, and what both say about it."""

import json
import re
import textwrap
from dataclasses import asdict, dataclass, field
from functools import partial
from html import escape
from typing import Self
from urllib.parse import urlsplit

from classroom.display.masks import is_stable

PORT = re.compile(r"(127\.0\.0\.1|localhost):(\d+)")
LABEL = 'style="text-align:left; vertical-align:top; white-space:nowrap"'
VALUE = 'style="text-align:left; vertical-align:top"'
WRAP = "white-space:pre-wrap; word-break:normal; overflow-wrap:anywhere"
PRE = f'<pre style="margin:0; {WRAP}">'


@dataclass(frozen=True)
class Sent:
    """A request of a browser.

    method, path: what it requests; status: that of the response; None if the request
        was not sent after all.
    cookies: the names of those that it carries.
    kept_back: the others for this URL, and why the browser does not send them.
    refused: the cookies of the response that the browser does not store, and why.
    """

    method: str
    path: str
    status: int | None
    cookies: list[str] = field(default_factory=list)
    kept_back: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        what = f"{self.method} {self.path}"
        if self.method == "OPTIONS":
            what += " (preflight)"
        lines = [f"{what} → {self.status}" if self.status else f"not sent: {what}"]
        if self.cookies:
            plural = "s" if len(self.cookies) > 1 else ""
            names = ", ".join(sorted(self.cookies))
            lines.append(f"  with the cookie{plural} {names}")
        for action, cookies in (("send", self.kept_back), ("store", self.refused)):
            for name, reason in sorted(cookies.items()):
                lines.append(f"  does not {action} the cookie {name}: {reason}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """What happened when a page was opened, or ran fetch().

    origin: that of the page; runs: the JavaScript, or "" if the page was opened.
    sent: the requests to other origins; sees: what the page has got.
    console: the problems that the browser has reported to the developer.
    """

    origin: str
    runs: str
    sent: list[Sent]
    sees: str
    console: list[str]

    def rows(self) -> dict[str, str]:
        """Return the lines of the report, by what they are."""
        rows = {
            f"the page on {self.origin}": self.runs or "is opened",
            "the browser sends": "\n".join(map(str, self.sent)) or "nothing",
            "the page gets" if self.runs else "the page shows": self.sees,
            "the console says": "\n".join(self.console) or "nothing",
        }
        if not is_stable():
            return rows
        mask = partial(self.name_ports, own="(a port)", other="(another port)")
        return {mask(name): mask(text) for name, text in rows.items()}

    def name_ports(self, text: str, own: str, other: str) -> str:
        """Return a string with replacements for the port of the page, and others."""
        port = str(urlsplit(self.origin).port)
        return PORT.sub(
            lambda found: f"{found[1]}:{own if found[2] == port else other}", text
        )

    def __repr__(self) -> str:
        return "\n".join(
            f"{name}\n{textwrap.indent(text, '    ')}"
            for name, text in self.rows().items()
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr style="background:none"><td {LABEL}>{escape(name)}</td>'
            f"<td {VALUE}>{PRE}{escape(text)}</pre></td></tr>"
            for name, text in self.rows().items()
        )
        return f"<table><tbody>{rows}</tbody></table>"

    def to_json(self) -> str:
        """Return the report as JSON, with the usual ports, which from_json() reads."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        return self.name_ports(text, own="4200", other="5000")

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return a report that to_json() has returned."""
        value = json.loads(text)
        return cls(**value | {"sent": [Sent(**each) for each in value["sent"]]})

"""Use the pages of a site as a browser does: with their forms and cookies."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import urljoin

import requests
from requests.cookies import RequestsCookieJar

from classroom.errors import UserError
from classroom.server.client import Api

NOT_SENT = ("submit", "button", "reset", "image", "file")  # unless they are used


class FormNotFound(UserError, LookupError):
    """A page has no such form."""


@dataclass
class Form:
    """A form of a page.

    action: the URL that it is sent to; method: "get" or "post".
    fields: the values that it has in the page, by the names of the fields.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class FormParser(HTMLParser):
    """Collects the forms of a page, whose URL makes their actions complete."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self._select = ""  # the name of the <select> that is being read

    def handle_starttag(
        self, tag: str, attributes: list[tuple[str, str | None]]
    ) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            action = urljoin(self.url, found.get("action", ""))
            self.forms.append(Form(action, found.get("method", "get").lower()))
        elif self.forms and tag in ("input", "select", "option"):
            self._add_field(tag, found, self.forms[-1].fields)

    def _add_field(
        self, tag: str, found: dict[str, str], fields: dict[str, str]
    ) -> None:
        """Add the value of a field as it is sent if a user does not change it."""
        name, kind = found.get("name", ""), found.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option":
            if "selected" in found or self._select not in fields:
                fields[self._select] = found.get("value", "")
        elif kind in ("checkbox", "radio"):
            if "checked" in found:
                fields[name] = found.get("value", "on")
        elif name and kind not in NOT_SENT:
            fields[name] = found.get("value", "")


def read_forms(page: requests.Response) -> list[Form]:
    """Return the forms of a page, in order."""
    parser = FormParser(page.url)
    parser.feed(page.text)
    return parser.forms


class Cookies(RequestsCookieJar):
    """Cookies that are sent without HTTPS, too, as browsers do to this machine."""

    def set_cookie(self, cookie: Cookie, *args: Any, **options: Any) -> None:
        """Store a cookie, even one with the attribute Secure, for any connection."""
        cookie.secure = False
        super().set_cookie(cookie, *args, **options)


class Site(Api):
    """A session with a site, as one browser has it: with cookies of its own."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        # Browsers send the page that a form is on. Flask-WTF requires it over HTTPS.
        self.headers["Referer"] = f"{self.base_url}/"
        self.cookies = Cookies()

    def form(self, path: str, action: str = "") -> Form:
        """Return a form of a page, with its CSRF token among the fields.

        path: the path of the page; action: the path that the form is sent to, if that
            is not the path of the page.

        Raises FormNotFound if the page has no such form.
        """
        page = self.get(path)
        wanted = urljoin(page.url, action)
        for form in read_forms(page):
            if form.action.partition("?")[0] == wanted.partition("?")[0]:
                return form
        raise FormNotFound(
            f"The page {path} has no form for {wanted} ({page.status_code})."
        )

    def submit(self, path: str, action: str = "", **values: str) -> requests.Response:
        """Fill in a form of a page, send it, and return the page that follows.

        path, action: as for form(); values: what is filled in, by the field's name.
        """
        form = self.form(path, action)
        fields = form.fields | values
        how = {"params" if form.method == "get" else "data": fields}
        return self.request(form.method.upper(), form.action, **how)

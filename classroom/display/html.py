"""The part of a page, and of a form's body, that an exchange shows."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from classroom.display.masks import HIDDEN, PASSWORDS

# The rest of a page, such as its navigation, is the same on all pages of a site.
MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
CLASS = re.compile(r' class="[^"]*"')
TAG = re.compile(r"<(/?)([a-z]\w*)")
ANY_TAG = re.compile(r"<[^>]+>")
VOID = {"br", "hr", "img", "input"}  # tags that are never closed
TOKEN_FIELD = re.compile(r'(<input\b[^>]*\bname="csrf_token"[^>]*\bvalue=")[^"]+')
# Fields of a form whose values are masked.
SECRETS = PASSWORDS | {"password_confirm", "csrf_token"}
WIDTH = 72  # characters in a line of a form's body, where it can be broken


def main_part(page: str) -> str:
    """Return the main part of a page, without classes; of another text, all of it.

    The empty lines of a page, which templates leave behind, are left out.
    """
    text = page
    if found := MAIN.search(page):
        text = "\n".join(indent_lines(CLASS.sub("", found[0])))
    elif page.startswith("<!doctype html>"):
        text = "\n".join(line for line in page.splitlines() if line.strip())
    return TOKEN_FIELD.sub(rf"\1{HIDDEN}", text)


def page_text(page: str) -> str:
    """Return the text of the main part of a page, without tags, in one line."""
    found = MAIN.search(page)
    return " ".join(ANY_TAG.sub(" ", found[0]).split()) if found else page


def indent_lines(html: str) -> Iterator[str]:
    """Yield the lines that are not empty, indented by how deep their tags are."""
    depth = 0
    for line in filter(None, map(str.strip, html.splitlines())):
        tags = [closes for closes, name in TAG.findall(line) if name not in VOID]
        change = tags.count("") - tags.count("/")
        is_end = line.startswith("</")
        yield "  " * (depth + change if is_end else depth) + line
        depth += change


def form_text(body: str, width: int = WIDTH) -> str:
    """Return the body of a form as it is sent, with its secrets masked.

    width: if it is longer, each field begins a line of its own.
    """
    secrets = {name for name, _ in parse_qsl(body)} & SECRETS
    fields = []
    for field in body.split("&"):
        name, _, value = field.partition("=")
        fields.append(f"{name}={HIDDEN}" if name in secrets and value else field)
    is_long = sum(map(len, fields)) > width
    return ("\n&" if is_long else "&").join(fields)

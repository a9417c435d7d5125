"""Colours can be read on light and dark pages, and without them nothing is lost."""

import re
from itertools import pairwise

import jwt
import nbformat
import pytest
import requests
from IPython.core.formatters import DisplayFormatter

from classroom.display.code import Code, Diff
from classroom.display.exchange import Exchange, StatusTable
from classroom.display.jwt import Token
from classroom.display.side_by_side import Responses, Tokens
from classroom.display.tables import Table
from classroom.exercises.finding import Finding, Findings
from classroom.notebooks import book
from classroom.notebooks.book import Page, write_book

# Of JupyterLab and of VS Code, each light and dark.
PAGES = ["#ffffff", "#111111", "#1f1f1f", "#1e1e1e"]
ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3
TOKEN = jwt.encode({"sub": "1", "iat": 1}, "a key of 32 bytes, as short as can be")


def luminance(colour):
    """Return the relative luminance of a colour such as #0969da, as WCAG defines it."""
    if len(colour) == 4:  # such as #fff
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    channels = [int(colour[i:j], 16) / 255 for i, j in pairwise((1, 3, 5, 7))]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast ratio of two colours, as WCAG defines it: from 1 to 21."""
    dark, light = sorted(luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def reply(status):
    """Return a response with a certain status."""
    response = requests.Response()
    response.request = requests.Request("GET", "http://127.0.0.1:1/x").prepare()
    response.status_code = status
    response._content = b'{"name": "Chair"}'
    return response


OUTPUTS = {
    **{f"a {s}": Exchange(reply(s)) for s in (199, 200, 302, 404, 500)},
    "statuses": StatusTable([reply(200), reply(404)]),
    "side by side": Responses({"one": reply(200), "other": reply(500)}),
    "token": Token(TOKEN),
    "tokens": Tokens({"one": TOKEN, "other": TOKEN}),
    "table": Table(["name"], [["Chair"]]),
    "diff": Diff("app.py", ["@@ -1 +1 @@", "-old = 1", "+new = 2", " same = 3"]),
    "findings": Findings([Finding(True, "one"), Finding(False, "two")]),
    "code": Code("`app.py`, line 1", "python", "new = 2\n"),
}
outputs = pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)


def colours_of(style):
    """Yield each colour in a style, with the backgrounds that it can be on."""
    parts = dict(part.strip().split(":") for part in style.split(";"))
    background = re.findall(r"#\w+", parts.pop("background", ""))
    assert not background or "color" in parts, style
    for value in parts.values():
        for colour in re.findall(r"#\w+", value):
            yield colour, background or PAGES


def test_contrast_is_that_of_wcag():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@outputs
def test_colours_have_enough_contrast(output):
    html = output._repr_html_() if hasattr(output, "_repr_html_") else ""

    for style in re.findall(r'style="([^"]*)"', html):
        for colour, backgrounds in colours_of(style):
            for background in backgrounds:
                assert contrast(colour, background) >= ENOUGH, style


@outputs
def test_outputs_have_a_form_in_plain_text(output):
    data, _ = DisplayFormatter().format(output)

    assert len(data) == 2  # and one for a notebook
    assert " object at 0x" not in data["text/plain"]
    assert "<" not in data["text/plain"]


def test_diff_has_signs_and_colours():
    diff = OUTPUTS["diff"]

    lines = repr(diff).splitlines()
    assert lines == ["app.py:", "", "@@ -1 +1 @@", "−old = 1", "+new = 2", " same = 3"]
    html = diff._repr_html_()
    assert re.search(r'<span style="color:#a40e26[^>]+>−old = 1</span>', html)
    assert re.search(r'<span style="color:#116329[^>]+>\+new = 2</span>', html)


def test_code_has_a_form_in_markdown():
    code = OUTPUTS["code"]

    assert code._repr_markdown_() == "`app.py`, line 1:\n\n```python\nnew = 2\n```"
    assert repr(code) == "app.py, line 1:\n\nnew = 2\n"


def test_what_is_done_does_not_depend_on_colours():
    html = OUTPUTS["findings"]._repr_html_()

    assert re.search(">✓</span> one<", html)
    assert re.search(">○</span> two<", html)


@pytest.fixture(scope="module")
def book_page(tmp_path_factory):
    """The page of a notebook in the book, as HTML."""
    notebook = nbformat.v4.new_notebook()
    for text in ("# A notebook", "## One `part`", "### Its detail", "#### Deeper"):
        notebook.cells.append(nbformat.v4.new_markdown_cell(text))
    folder = tmp_path_factory.mktemp("book")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "BOOK", folder)
        write_book([Page(folder / "01_x.ipynb", notebook, failed=False)])
    return (folder / "01_x.html").read_text(encoding="utf-8")


def test_book_has_enough_contrast_in_light_and_dark_mode(book_page):
    style = re.search("<style>(.+)</style>", book_page, re.DOTALL)[1]
    found = [re.findall(r"--(\w+): (#\w+)", part) for part in style.split(":root")]
    _, light, dark = map(dict, found)
    _, light_code, dark_code = style.split("prefers-color-scheme")

    for root, code in ((light, light_code), (dark, dark_code)):
        highlighted = re.findall(r"\.highlight [^{]*{[^}]*?\bcolor: (#\w+)", code)
        assert len(set(highlighted)) > 3
        colours = {root["text"], root["link"], root["error"], *highlighted}
        for colour in colours:
            assert contrast(colour, root["code"]) >= ENOUGH
        for name in ("text", "link", "error"):
            assert contrast(root[name], root["page"]) >= ENOUGH
    assert contrast(light["page"], dark["page"]) > 10


def test_book_page_lists_its_headings(book_page):
    contents = re.search(r'<nav class="contents".+?</nav>', book_page, re.DOTALL)[0]

    links = re.findall(r'class="level(\d)"><a href="#([^"]+)">(.+?)</a>', contents)
    assert [(level, text) for level, _, text in links] == [
        ("2", "One <code>part</code>"),
        ("3", "Its detail"),
    ]
    for _, anchor, _ in links:
        assert f'id="{anchor}"' in book_page

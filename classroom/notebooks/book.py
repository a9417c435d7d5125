"""Make a book of HTML pages of the notebooks: one page each, and an index."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from classroom.notebooks.execute import notebook_title
from classroom.notebooks.predictions import fold_predictions
from classroom.notebooks.staircase import draw_staircase
from classroom.sections import NOTEBOOKS, ROOT, all_sections

BOOK = ROOT / "build" / "book"
# Of Pygments, for light and dark pages: those whose colours have enough contrast.
LIGHT, DARK = "xcode", "lightbulb"
HEADING = re.compile(r'<h([23]) id="([^"]+)">(.+?)<a class="anchor-link"', re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One notebook of the book.

    notebook: as it was run; failed: whether one of its cells failed.
    """

    path: Path
    notebook: nbformat.NotebookNode
    failed: bool

    @property
    def file(self) -> str:
        """The name of the page's file."""
        return f"{self.path.stem}.html"

    @property
    def title(self) -> str:
        """The notebook's first heading."""
        return notebook_title(self.notebook)


def write_book(pages: list[Page]) -> Path:
    """Write a page for each notebook and an index; return the index.

    The pages load nothing else, so they can be read offline.
    """
    BOOK.mkdir(parents=True, exist_ok=True)
    exporter = HTMLExporter(
        template_name="basic",
        embed_images=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        # Pygments has escaped the code: cleaning its HTML would take long.
        filters={"clean_html": lambda html: html},
    )
    templates = Environment(
        loader=PackageLoader("classroom.notebooks"), autoescape=True
    )
    common = {
        "pages": pages,
        "code_style": code_style(LIGHT),
        "dark_code_style": code_style(DARK),
        "staircase": draw_staircase(all_sections()),
    }
    resources = {"metadata": {"path": str(NOTEBOOKS)}}
    for number, page in enumerate(pages):
        body, _ = exporter.from_notebook_node(page.notebook, resources)
        body = fold_predictions(body, page.notebook)
        # Notebooks link to each other, and to files of the repository.
        body = re.sub(r'href="(\w+)\.ipynb"', r'href="\1.html"', body)
        body = body.replace('href="../', 'href="../../')
        html = templates.get_template("notebook.html").render(
            **common,
            page=page,
            body=body,
            headings=HEADING.findall(body),
            before=pages[number - 1] if number else None,
            after=pages[number + 1] if number + 1 < len(pages) else None,
        )
        (BOOK / page.file).write_text(html, encoding="utf-8")
    index = BOOK / "index.html"
    html = templates.get_template("index.html").render(**common)
    index.write_text(html, encoding="utf-8")
    return index


def code_style(name: str) -> str:
    """Return the CSS of a style of Pygments; the page itself sets the background."""
    styles: str = HtmlFormatter(style=name).get_style_defs(".highlight")
    return re.sub(r"background(-color)?: #\w+;?", "", styles)

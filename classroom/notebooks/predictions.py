"""Fold the answers to predictions in a page of the book, until they are clicked."""

import re
from itertools import groupby

from nbformat import NotebookNode

PREDICTION = "**Predict:**"
# Where a cell begins in the HTML that nbconvert makes.
CELL = re.compile(r'(?=<div class="cell border-box-sizing )')


def fold_predictions(body: str, notebook: NotebookNode) -> str:
    """Return the HTML of a notebook, in which the answers to predictions are folded.

    body: the HTML, as nbconvert has made it.

    An answer is the cells of code after a prediction, up to the next text.
    """
    before, *parts = CELL.split(body)
    html, asks = before, False
    cells = zip(notebook.cells, parts, strict=True)
    for kind, group in groupby(cells, key=lambda pair: pair[0].cell_type):
        sources, pieces = zip(*group, strict=True)
        shown = "".join(pieces)
        html += fold(shown, sources) if kind == "code" and asks else shown
        asks = PREDICTION in sources[-1].source
    return html


def fold(shown: str, cells: tuple[NotebookNode, ...]) -> str:
    """Return the HTML of cells, folded unless there is an error among their outputs."""
    outputs = [output for cell in cells for output in cell.outputs]
    failed = any(output.output_type == "error" for output in outputs)
    begin = (
        "<details class=prediction open>" if failed else "<details class=prediction>"
    )
    return f"{begin}<summary>See what happens</summary>{shown}</details>"

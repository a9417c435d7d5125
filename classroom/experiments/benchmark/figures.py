"""Show what was measured: as tables for the terminal and for a page, and as a chart."""

import platform
import re
from io import StringIO
from pathlib import Path
from statistics import median

import psutil
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.table import Table

from classroom.experiments.benchmark.measure import Candidate, Comparison
from classroom.sections import ROOT

Rows = list[list[str]]
SPEED = ["Section", "Request", "Server", "Requests/s", "Share", "CPU, ms", "CPU share"]
SIZE = ["Section", "Server", "Worker, MiB", "Start-up, s"]
NAMES = {"Section", "Request", "Server"}  # the other columns are numbers
COLOURS = {"the limit": "#8c959f", "Flask alone": "#9ec5f4", "section": "#0969da"}
PAGE = ROOT / "benchmarks" / "README.md"
CHART = ROOT / "build" / "benchmarks" / "shares.svg"
TABLES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


def speed_rows(comparisons: list[Comparison]) -> Rows:
    """Return the speed of each candidate, and its share of the limit."""
    return [
        [
            each.section,
            read,
            candidate.name,
            f"{candidate.per_second(read):,.0f}",
            f"{each.share(candidate, read):.2f}",
            f"{candidate.cpu(read) * 1000:.2f}",
            f"{each.cpu_share(candidate, read):.2f}",
        ]
        for each in comparisons
        for read in each.limit.rounds
        for candidate in each.candidates
    ]


def size_rows(comparisons: list[Comparison]) -> Rows:
    """Return how much memory each worker uses, and how long each takes to start."""
    return [
        [
            each.section,
            candidate.name,
            f"{mebibytes(candidate):.0f}",
            f"{median(candidate.start_ups):.2f}",
        ]
        for each in comparisons
        for candidate in each.candidates
    ]


def mebibytes(candidate: Candidate) -> float:
    """Return the memory of a candidate's worker in MiB."""
    return candidate.memory / 2**20


def terminal_table(head: list[str], rows: Rows) -> Table:
    """Return a table for the terminal; numbers are aligned to the right."""
    table = Table()
    for title in head:
        table.add_column(title, justify="left" if title in NAMES else "right")
    for row in rows:
        table.add_row(*row, end_section=any("section" in cell for cell in row))
    return table


def page_table(head: list[str], rows: Rows) -> str:
    """Return a table for a page, in Markdown."""
    rule = ["---" if title in NAMES else "---:" for title in head]
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, rule, *rows])


def describe_machine() -> str:
    """Return a short description of this machine."""
    python = f"Python {platform.python_version()}"
    return f"{python} on {platform.system()}, {psutil.cpu_count()} cores"


def update_page(comparisons: list[Comparison]) -> None:
    """Write the tables into the page, between the two markers."""
    speed = page_table(SPEED, speed_rows(comparisons))
    size = page_table(SIZE, size_rows(comparisons))
    tables = f"\nOn {describe_machine()}:\n\n{speed}\n{size}\n"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLES.sub(lambda _: tables, page), encoding="utf-8")


def draw_chart(file: Path, comparisons: list[Comparison]) -> None:
    """Draw shares of the limit, memory and start-up times, as SVG."""
    # Text stays text instead of outlines, and the same numbers make the same file.
    with rc_context({"font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "bench"}):
        figure = Figure(figsize=(10, 1.6 + 0.75 * len(comparisons)))
        figure.set_layout_engine("constrained")
        shares, memory, start = figure.subplots(1, 3, width_ratios=[3, 2, 2])
        draw_shares(shares, comparisons)
        sections = [each.section for each in comparisons]
        sizes = [[mebibytes(c) for c in charted(each)] for each in comparisons]
        draw_bars(memory, sections, sizes, "%.0f")
        memory.set_title("Memory of a worker, MiB")
        times = [[median(c.start_ups) for c in charted(each)] for each in comparisons]
        draw_bars(start, sections, times, "%.2f")
        start.set_title("Start-up, seconds")
        handles, names = shares.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=3)
        drawn = StringIO()
        figure.savefig(drawn, format="svg", facecolor="white", metadata={"Date": None})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(re.sub(" +\n", "\n", drawn.getvalue()), encoding="utf-8")


def charted(comparison: Comparison) -> list[Candidate]:
    """Return the candidates for the chart: the limit, Flask alone, and the section."""
    first, second, *_, last = comparison.candidates
    return [first, second, last]


def draw_shares(axes: Axes, comparisons: list[Comparison]) -> None:
    """Draw the share of the limit that each candidate reaches, for both requests."""
    labels, values = [], []
    for each in comparisons:
        for read in each.limit.rounds:
            labels.append(f"{each.section}, {read}")
            values.append([each.share(one, read) for one in charted(each)])
    draw_bars(axes, labels, values, "%.2f")
    axes.set_title("Requests per second, as a share of the limit")


def draw_bars(
    axes: Axes, labels: list[str], values: list[list[float]], form: str
) -> None:
    """Draw a group of bars for each label: the limit, Flask alone, the section."""
    height = 0.27  # of a bar; a group of three and the space around it are 1 high
    for number, (name, colour) in enumerate(COLOURS.items()):
        places = [row + (number - 1) * height for row in range(len(labels))]
        lengths = [group[number] for group in values]
        bars = axes.barh(places, lengths, height, label=name, color=colour)
        axes.bar_label(bars, fmt=form, padding=2, fontsize=7)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.12)  # room for the numbers
    axes.spines[["top", "right"]].set_visible(False)

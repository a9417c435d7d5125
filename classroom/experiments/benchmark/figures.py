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

from classroom.experiments.benchmark.measure import Comparison, Contender
from classroom.sections import ROOT

Rows = list[list[str]]
SPEED = ["Section", "Request", "Who", "Requests/s", "Share", "CPU, ms", "CPU share"]
SIZE = ["Section", "Who", "Worker, MiB", "Start-up, s"]
NAMES = {"Section", "Request", "Who"}  # the other columns are figures
COLOURS = {"the limit": "#8c959f", "Flask alone": "#9ec5f4", "section": "#0969da"}
PAGE = ROOT / "benchmarks" / "README.md"
CHART = ROOT / "build" / "benchmarks" / "shares.svg"
TABLES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


def speed_rows(comparisons: list[Comparison]) -> Rows:
    """Return how fast each contender is, and its share of the limit."""
    return [
        [
            each.section,
            read,
            who.name,
            f"{who.per_second(read):,.0f}",
            f"{each.share(who, read):.2f}",
            f"{who.cpu(read) * 1000:.2f}",
            f"{each.cpu_share(who, read):.2f}",
        ]
        for each in comparisons
        for read in each.limit.rounds
        for who in each.contenders
    ]


def size_rows(comparisons: list[Comparison]) -> Rows:
    """Return how much memory each worker takes, and how long each takes to start."""
    return [
        [
            each.section,
            who.name,
            f"{mebibytes(who):.0f}",
            f"{median(who.start_ups):.2f}",
        ]
        for each in comparisons
        for who in each.contenders
    ]


def mebibytes(contender: Contender) -> float:
    """Return the memory of a contender's worker in MiB."""
    return contender.memory / 2**20


def terminal_table(head: list[str], rows: Rows) -> Table:
    """Return a table for the terminal; figures are aligned to the right."""
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
    """Return what the figures were measured on, in a few words."""
    python = f"Python {platform.python_version()}"
    return f"{python} on {platform.system()}, {psutil.cpu_count()} cores"


def update_page(comparisons: list[Comparison]) -> None:
    """Put the tables between the two marks of the page."""
    speed = page_table(SPEED, speed_rows(comparisons))
    size = page_table(SIZE, size_rows(comparisons))
    tables = f"\nOn {describe_machine()}:\n\n{speed}\n{size}\n"
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLES.sub(lambda _: tables, text), encoding="utf-8")


def draw_chart(file: Path, comparisons: list[Comparison]) -> None:
    """Draw shares of the limit, memory and start-up times, as SVG."""
    # Letters stay letters, and the same figures make the same file.
    with rc_context({"font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "bench"}):
        figure = Figure(figsize=(10, 1.6 + 0.75 * len(comparisons)))
        figure.set_layout_engine("constrained")
        shares, memory, start = figure.subplots(1, 3, width_ratios=[3, 2, 2])
        draw_shares(shares, comparisons)
        sections = [each.section for each in comparisons]
        sizes = [[mebibytes(c) for c in each.contenders] for each in comparisons]
        draw_bars(memory, sections, sizes, "%.0f")
        memory.set_title("Memory of a worker, MiB")
        times = [[median(c.start_ups) for c in each.contenders] for each in comparisons]
        draw_bars(start, sections, times, "%.2f")
        start.set_title("Start-up, seconds")
        handles, names = shares.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=3)
        drawn = StringIO()
        figure.savefig(drawn, format="svg", facecolor="white", metadata={"Date": None})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(re.sub(" +\n", "\n", drawn.getvalue()), encoding="utf-8")


def draw_shares(axes: Axes, comparisons: list[Comparison]) -> None:
    """Draw what share of the limit each contender reaches, for both requests."""
    labels, values = [], []
    for each in comparisons:
        for read in each.limit.rounds:
            labels.append(f"{each.section}, {read}")
            values.append([each.share(who, read) for who in each.contenders])
    draw_bars(axes, labels, values, "%.2f")
    axes.set_title("Requests per second, as a share of the limit")


def draw_bars(
    axes: Axes, labels: list[str], values: list[list[float]], form: str
) -> None:
    """Draw a group of bars for each label: the limit, Flask alone, the section."""
    height = 0.27  # of a bar; a group of three is 1 high, with some space around it
    for number, (name, colour) in enumerate(COLOURS.items()):
        places = [row + (number - 1) * height for row in range(len(labels))]
        lengths = [group[number] for group in values]
        bars = axes.barh(places, lengths, height, label=name, color=colour)
        axes.bar_label(bars, fmt=form, padding=2, fontsize=7)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.12)  # room for the figures
    axes.spines[["top", "right"]].set_visible(False)

"""Measure something, and draw what was measured."""

import time
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt

from classroom.rehearsal.steps import Rehearsal


def measure(
    function: Callable[..., object], *arguments: object, **named: object
) -> float:
    """Return how many seconds a call takes: the least of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        function(*arguments, **named)
        times.append(time.perf_counter() - start)
    return min(times)


def draw_lines(
    x: Sequence[float],
    lines: dict[str, Sequence[float]],
    *,
    title: str,
    x_label: str,
    y_label: str,
) -> None:
    """Draw lines over one scale.

    x: where the points are; lines: for each line its name, and its value at each x.
    """
    figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
    for name, values in lines.items():
        axes.plot(x, values, marker="o", label=name)
    axes.set(title=title, xlabel=x_label, ylabel=y_label)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", integer=True)  # there are no 1.5 workers
    axes.grid(alpha=0.3)
    if len(lines) > 1:
        axes.legend()
    plt.show()


def draw_timeline(rehearsal: Rehearsal) -> None:
    """Draw the steps of a rehearsal as bars, each from when it began to its end.

    rehearsal: what rehearse() returns; a step that failed has stripes and says so.
    """
    steps = rehearsal.steps
    height = 0.8 + 0.35 * len(steps)
    figure, axes = plt.subplots(figsize=(7, height), layout="constrained")
    start = 0.0
    for place, step in enumerate(steps):
        color, hatch = ("tab:blue", "") if step.ok else ("tab:orange", "//")
        axes.barh(place, step.seconds, left=start, color=color, hatch=hatch)
        start += step.seconds
        text = f" {step.seconds:.1f} s" + ("" if step.ok else ", failed")
        axes.text(start, place, text, verticalalignment="center")
    axes.set_yticks(range(len(steps)), [step.name for step in steps])
    axes.invert_yaxis()  # the first step is at the top
    axes.set(
        title=f"Section {rehearsal.section}, rehearsed",
        xlabel="seconds since the beginning",
        xlim=(0, start * 1.2),  # room for the last text
    )
    plt.show()

"""Measure calls, and draw charts."""

import time
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt


def measure(
    function: Callable[..., object], *arguments: object, **named: object
) -> float:
    """Return how many seconds a call takes: the fastest of three runs."""
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
    """Draw lines in one chart.

    x: the values on the x axis; lines: the y values of each line, by its name.
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

"""Draw how long the steps of a rehearsal took."""

import matplotlib.pyplot as plt

from classroom.rehearsal.steps import Rehearsal


def draw_timeline(rehearsal: Rehearsal) -> None:
    """Draw the steps of a rehearsal as bars from their start to their end.

    rehearsal: what rehearse() returns; a failed step is striped and labelled.
    """
    steps = rehearsal.steps
    height = 0.8 + 0.35 * len(steps)
    figure, axes = plt.subplots(figsize=(7, height), layout="constrained")
    start = 0.0
    for place, step in enumerate(steps):
        color, hatch = ("tab:blue", "") if step.ok else ("tab:orange", "//")
        axes.barh(place, step.seconds, left=start, color=color, hatch=hatch)
        start += step.seconds
        label = f" {step.seconds:.1f} s" + ("" if step.ok else ", failed")
        axes.text(start, place, label, verticalalignment="center")
    axes.set_yticks(range(len(steps)), [step.name for step in steps])
    axes.invert_yaxis()  # the first step is at the top
    axes.set(
        title=f"Rehearsal of section {rehearsal.section}",
        xlabel="seconds since the start",
        xlim=(0, start * 1.2),  # room for the last label
    )
    plt.show()

"""Training drawn over epochs or steps: learning curves, and the schedules behind them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from tf2_native.pictures.palette import LINES


def draw_curves(path: Path, history: Mapping[str, NDArray[np.float64]]) -> None:
    """Draws each metric, training and validation together, one panel a metric.

    Arguments:
        path: the PNG file.
        history: values by epoch; of `loss` and `val_loss`, and so on.
    """
    names = [name for name in history if not name.startswith("val_")]
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(4.6 * columns, 3.2 * rows), dpi=120, layout="constrained")
    for number, name in enumerate(names, 1):
        axes = figure.add_subplot(rows, columns, number)
        for key, label, colour, style in (
            (name, "training", LINES[0], "-"),
            (f"val_{name}", "validation", LINES[5], "--"),
        ):
            if key in history:
                epochs = np.arange(1, len(history[key]) + 1)
                axes.plot(epochs, history[key], style, color=colour, label=label, marker="o", ms=3)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _finish(axes, name.replace("_", " "), "epoch")
        axes.legend(frameon=False)
    figure.savefig(path, facecolor="white")


def draw_schedules(
    path: Path, steps: Sequence[int], schedules: Mapping[str, Sequence[float]], done: int
) -> None:
    """Draws what is set by schedule, one panel a schedule, with the span of a run marked.

    Arguments:
        path: the PNG file.
        steps: at which.
        schedules: values by name.
        done: steps that the run came to; 0 if that is not known, and nothing is marked.
    """
    figure = Figure(figsize=(4.6 * len(schedules), 3.2), dpi=120, layout="constrained")
    for number, (name, values) in enumerate(schedules.items(), 1):
        axes = figure.add_subplot(1, len(schedules), number)
        axes.step(steps, values, where="post", color=LINES[0])
        if done:
            # The line is seen where the run is too short for its span to be.
            axes.axvspan(0, done, color=LINES[5], alpha=0.15, lw=0)
            axes.axvline(done, color=LINES[5], ls="--", label=f"this run: {done:,} steps")
            axes.legend(frameon=False)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        _finish(axes, name, "step")
    figure.savefig(path, facecolor="white")


def _finish(axes: Axes, title: str, x: str) -> None:
    axes.set_title(title, fontsize=11)
    axes.set_xlabel(x)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)

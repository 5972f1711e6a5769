"""What is taken for what."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

_FEW = 20  # classes whose shares can be read as numbers


def draw_confusion(path: Path, confusion: NDArray[np.int64], class_names: Sequence[str]) -> None:
    """Draws a confusion matrix as shares of each true class; classes that never occur are left out.

    Arguments:
        path: the PNG file.
        confusion: counts, a row for each true class and a column for each predicted.
        class_names: one a class.
    """
    present = np.flatnonzero(confusion.sum(axis=0) + confusion.sum(axis=1))
    counts = confusion[np.ix_(present, present)]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [class_names[label] for label in present.tolist()]
    side = max(4.0, 0.34 * len(names) + 1.6)
    figure = Figure(figsize=(side + 0.8, side), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="cividis", vmin=0, vmax=1)
    ticks = range(len(names))
    axes.set_xticks(ticks, names, rotation=90, fontsize=8)
    axes.set_yticks(ticks, names, fontsize=8)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    if len(names) <= _FEW:
        for (row, column), share in np.ndenumerate(shares):
            if share >= 0.005:
                colour = "black" if share > 0.5 else "white"
                axes.text(
                    column,
                    row,
                    f"{share:.0%}"[:-1],
                    ha="center",
                    va="center",
                    fontsize=7,
                    color=colour,
                )
    figure.colorbar(image, ax=axes, label="share of the true class (numbers in %)", shrink=0.8)
    figure.savefig(path, facecolor="white")

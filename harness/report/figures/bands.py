"""The reference's own noise, and above it how far a candidate may go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from harness.report.figures.logarithm import LogAxis
from harness.report.figures.style import LIMIT, NOISE

# Below any axis drawn here; the limits of the axis cut it off.
_BOTTOM = float(np.finfo(np.float64).tiny)


def noise_bands(
    axes: Axes,
    x: npt.NDArray[np.integer],
    noise: Sequence[float],
    scale: LogAxis,
    multiple: float,
) -> None:
    """Shades from the floor to the noise, and from there to `multiple` times it."""
    inner = scale.place(noise)
    outer = scale.place(multiple * np.asarray(noise))
    axes.fill_between(x, inner, outer, color=LIMIT, linewidth=0)
    axes.fill_between(x, _BOTTOM, inner, color=NOISE, linewidth=0)

"""A logarithmic axis on which zero, infinity and NaN have places too."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from harness.report.wording import power_of_ten

MAX_TICKS = 6

# For a panel in which every value is zero.
_NOTHING_MEASURED = (-17, -15)


class LogAxis:
    """The vertical range of a panel, a whole number of decades.

    Zeros lie on the floor, marked "0"; what is not finite lies at the ceiling and is marked so.
    """

    def __init__(self, values: Iterable[float]) -> None:
        found = np.asarray(list(values), dtype=np.float64)
        positive = found[np.isfinite(found) & (found > 0)]
        low, high = _NOTHING_MEASURED
        if positive.size:
            low = math.floor(math.log10(positive.min()))
            high = math.ceil(math.log10(positive.max()))
        self.has_zero = bool((found == 0).any())
        self.has_not_finite = bool((~np.isfinite(found)).any())
        self.low = low - self.has_zero
        self.high = max(high, low + 1) + self.has_not_finite

    def place(self, values: Iterable[float]) -> npt.NDArray[np.float64]:
        """The values as drawn."""
        found = np.asarray(list(values), dtype=np.float64)
        found = np.where(np.isfinite(found), found, 10.0**self.high)
        return np.clip(found, 10.0**self.low, 10.0**self.high)

    def apply(self, axes: Axes) -> None:
        """Sets scale, limits, ticks and grid."""
        axes.set_yscale("log")
        # A little room, so that a marker on the floor is whole.
        margin = 0.03 * (self.high - self.low)
        axes.set_ylim(10.0 ** (self.low - margin), 10.0 ** (self.high + margin))
        labels = self._labels()
        axes.set_yticks([10.0**power for power in labels], list(labels.values()))
        axes.minorticks_off()
        axes.grid(visible=True, axis="y")

    def _labels(self) -> dict[int, str]:
        bottom, top = self.low + self.has_zero, self.high - self.has_not_finite
        step = max(1, -(-(top - bottom) // MAX_TICKS))
        labels = {power: power_of_ten(power) for power in range(bottom, top + 1, step)}
        if self.has_zero:
            labels[self.low] = "0"
        if self.has_not_finite:
            labels[self.high] = "∞, NaN"
        return labels

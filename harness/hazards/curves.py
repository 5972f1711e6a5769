"""What a person sees who looks at the loss curve after a hundred steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Losses = Sequence[float]


def stands_out(losses: Losses, clean: Sequence[Losses]) -> bool:
    """Whether a loss curve looks unlike those of clean runs.

    Trainings that differ in nothing but their seed have curves that scatter, and nobody raises an
    eyebrow at one that runs among them. So the lowest and the highest loss that the clean runs have
    at a step are a band, and what counts is the share of all steps at which a curve is outside.
    How large a share is nothing out of the ordinary the clean runs say themselves: each of them is
    held against the band of the others. A curve stands out if it is outside for longer than all of
    them. A loss that is no number is outside any band.

    Arguments:
        losses: a number a step.
        clean: of at least two clean runs, as long.
    """
    others = ([c for j, c in enumerate(clean) if j != i] for i in range(len(clean)))
    usual = max(share_outside(curve, rest) for curve, rest in zip(clean, others, strict=True))
    return share_outside(losses, clean) > usual


def share_outside(losses: Losses, clean: Sequence[Losses]) -> float:
    """The share of steps at which a curve is below the lowest or above the highest of others."""
    curve, band = np.asarray(losses), np.asarray(clean)
    within = (band.min(axis=0) <= curve) & (curve <= band.max(axis=0))
    return float(np.mean(~within))

"""Batches to time steps on: drawn from the catalogue's entry, whatever inputs it has."""

from __future__ import annotations

import numpy as np

from harness.models import Model


def draw_batch(model: Model, batch: int, points: int, seed: int = 0) -> dict[str, np.ndarray]:
    """A batch in the format of batch files.

    Returns:
        `points` float32 B x N x C, `labels` int32 B or B x N, and `category` int32 B where the
        network takes one.
    """
    rng = np.random.default_rng(seed)
    labelled = (batch, points) if model.per_point else (batch,)
    arrays = {
        "points": rng.uniform(-1, 1, (batch, points, model.channels)).astype(np.float32),
        "labels": rng.integers(0, model.num_classes, labelled).astype(np.int32),
    }
    if model.num_categories:
        arrays["category"] = rng.integers(0, model.num_categories, batch).astype(np.int32)
    return arrays

"""Batches to time steps on: drawn from the catalogue's entry, whatever inputs it has."""

from __future__ import annotations

from math import prod

import numpy as np

from harness.models import Layer, Model

CATEGORIES = 16  # of ShapeNet's parts


def channels(model: Model) -> int:
    """Values a point: the first kernel sees them all."""
    return prod(model.layers[0].kernel[:-1])


def goes_point_by_point(layer: Layer) -> bool:
    """Whether a layer is applied to every point, not to a cloud: its kernel is a convolution's."""
    return len(layer.kernel) > 2


def labels_points(model: Model) -> bool:
    """Whether every point has a label: then the last layer is one that goes point by point."""
    return goes_point_by_point(model.layers[-1])


def takes_category(model: Model) -> bool:
    """Whether a cloud comes with its category, which the network is told."""
    return "category_logits" in model.outputs


def draw_batch(model: Model, batch: int, points: int, seed: int = 0) -> dict[str, np.ndarray]:
    """A batch in the format of batch files.

    Returns:
        `points` float32 B x N x C, `labels` int32 B or B x N, and `category` int32 B where the
        network takes one.
    """
    rng = np.random.default_rng(seed)
    labelled = (batch, points) if labels_points(model) else (batch,)
    arrays = {
        "points": rng.uniform(-1, 1, (batch, points, channels(model))).astype(np.float32),
        "labels": rng.integers(0, model.num_classes, labelled).astype(np.int32),
    }
    if takes_category(model):
        arrays["category"] = rng.integers(0, CATEGORIES, batch).astype(np.int32)
    return arrays

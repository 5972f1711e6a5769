"""A case: a network, weights to put into it, and a batch to send through it.

The weights are drawn so that nothing hides: biases, moving statistics and T-Nets away from their
starting values, gammas of both signs. Freshly initialised networks agree about far too much.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from harness.exchange import ExchangeError
from harness.models import Dropout, Model, Parameter
from harness.tolerance import nudged

BATCH, POINTS = 8, 32  # of the default case


@dataclass(frozen=True)
class Case:
    """What every implementation is given alike.

    Attributes:
        model: the network.
        weights: float array by canonical parameter name, TF1 shapes.
        batch: `points` float B x N x C, `labels` int32 B or B x N, `category` int32 B where the
            network is told it, `dropout/<layer>` masks B x C or B x N x C of 0 and 1.
        key: tells this case from others in one run, "base" or "nudge-2".
    """

    model: Model
    weights: Mapping[str, np.ndarray] = field(repr=False)
    batch: Mapping[str, np.ndarray] = field(repr=False)
    key: str = "base"

    def with_batch(self, key: str, **changes: np.ndarray) -> "Case":
        """The same case with parts of the batch replaced, under a new key."""
        return replace(self, batch={**self.batch, **changes}, key=f"{self.key}/{key}")

    def nudged(self, index: int, precision: str, ulps: int = 1) -> "Case":
        """The case with every weight and coordinate moved by some units in the last place."""
        rng = np.random.default_rng([index, zlib.crc32(self.key.encode())])

        def nudge(array: np.ndarray) -> np.ndarray:
            return nudged(np.asarray(array, precision), rng, ulps)

        return replace(
            self,
            weights={name: nudge(array) for name, array in self.weights.items()},
            batch={**self.batch, "points": nudge(self.batch["points"])},
            key=f"{self.key}/nudge-{index}" + (f"-by-{ulps}" if ulps != 1 else ""),
        )


def make_case(model: Model, clouds: Mapping[str, np.ndarray], seed: int = 0) -> Case:
    """A case on given clouds, with weights and dropout masks drawn from a seed.

    Arguments:
        clouds: `points` B x N x C, `labels` B or B x N below the number of classes, and
            `category` B where the network is told it.
    """
    rng = np.random.default_rng(seed)
    weights = {p.name: draw_weight(p, seed) for p in model.parameters}
    batch = {
        name: np.asarray(array, np.float32 if name == "points" else np.int32)
        for name, array in clouds.items()
    }
    size, count, _ = batch["points"].shape
    batch.update(dropout_masks(model, size, count, rng))
    return Case(model, weights, batch)


def dropout_masks(
    model: Model, size: int, count: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Keep-masks for every dropout layer, for `size` clouds of `count` points: int32 0 and 1."""

    def draw(dropout: Dropout) -> np.ndarray:
        return (rng.random(mask_shape(dropout, size, count)) < dropout.keep).astype(np.int32)

    return {f"dropout/{dropout.name}": draw(dropout) for dropout in model.dropouts}


def mask_shape(dropout: Dropout, size: int, count: int) -> tuple[int, ...]:
    """The shape of a layer's keep-mask: B x N x C or B x C."""
    return (size, count, dropout.width) if dropout.per_point else (size, dropout.width)


def draw_weight(parameter: Parameter, seed: int) -> np.ndarray:
    """A telling value for one parameter, float32, the same wherever and whenever it is drawn.

    Arguments:
        seed: of the case; each parameter has a stream of its own under it.
    """
    rng = np.random.default_rng([seed, zlib.crc32(parameter.name.encode())])
    noise = rng.standard_normal(parameter.shape)
    layer, leaf = parameter.name.rsplit("/", 1)
    if leaf in ("weights", "kernel"):
        value = noise * np.sqrt(2.0 / np.prod(parameter.shape[:-1]))
        if layer.endswith(("transform_XYZ", "transform_feat", "_final")):
            value *= 0.05  # the transform stays near the identity, and clearly is not it
    elif leaf == "gamma":
        value = (1 + 0.1 * noise) * np.where(rng.random(parameter.shape) < 0.1, -1, 1)
    elif leaf == "moving_variance":
        value = 1 + 0.1 * rng.random(parameter.shape)
    else:
        value = 0.1 * noise
    if leaf == "bias" and layer.endswith("_final"):  # holds the identity, flattened
        value += np.eye(int(np.sqrt(value.size))).ravel()
    return value.astype(np.float32)


def repeated_points(count: int) -> int:
    """How many points of a cloud of so many are given twice, where some are."""
    return max(1, count // 4)


def check_weights(model: Model, weights: Mapping[str, np.ndarray], source: str) -> None:
    """Make sure that weights are those of a network, one to one.

    Arguments:
        source: what to call them in messages: the file's name.

    Raises:
        ExchangeError: a parameter is missing, unknown, of a wrong shape, or not finite.
    """
    expected = {p.name: p.shape for p in model.parameters}
    for name, shape in expected.items():
        if name not in weights:
            raise ExchangeError(f"{source}: parameter {name} of {model.key} is missing")
        if tuple(weights[name].shape) != shape:
            raise ExchangeError(
                f"{source}: {name} has shape {list(weights[name].shape)}, "
                f"{model.key} needs {list(shape)}"
            )
        check_finite(weights[name], f"{source}: {name}")
    unknown = [name for name in weights if name not in expected]
    if unknown:
        raise ExchangeError(f"{source}: {model.key} has no parameter {unknown[0]}")


def check_batch(model: Model, batch: Mapping[str, np.ndarray], source: str) -> None:
    """Make sure that a batch can be sent through a network.

    Raises:
        ExchangeError: an array is missing, of a wrong shape, not finite, or a label out of range.
    """
    for name in ("points", "labels", *(["category"] if model.num_categories else [])):
        if name not in batch:
            raise ExchangeError(f"{source}: dataset {name} is missing")
    points = batch["points"]
    if points.ndim != 3 or points.shape[2] != model.channels or 0 in points.shape:
        raise ExchangeError(
            f"{source}: points have shape {list(points.shape)}, not B x N x {model.channels}"
        )
    check_finite(points, f"{source}: points")
    size, count, _ = points.shape
    shape = (size, count) if model.per_point else (size,)
    _check_integers(batch["labels"], shape, model.num_classes, f"{source}: labels")
    if model.num_categories:
        _check_integers(batch["category"], (size,), model.num_categories, f"{source}: categories")
    for dropout in model.dropouts:
        mask = batch.get(f"dropout/{dropout.name}")
        if mask is not None:
            _check_mask(mask, mask_shape(dropout, size, count), f"{source}: mask of {dropout.name}")


def _check_integers(array: np.ndarray, shape: tuple[int, ...], end: int, what: str) -> None:
    if array.shape != shape or array.dtype.kind not in "iu":
        raise ExchangeError(f"{what} are not {' x '.join(map(str, shape))} integers")
    if array.min() < 0 or array.max() >= end:
        raise ExchangeError(f"{what} go beyond the {end} classes")


def _check_mask(mask: np.ndarray, shape: tuple[int, ...], what: str) -> None:
    if mask.shape != shape:
        raise ExchangeError(f"{what} has shape {list(mask.shape)}, not {list(shape)}")
    if not np.isin(mask, (0, 1)).all():
        raise ExchangeError(f"{what} is not of 0 and 1")


def check_finite(array: np.ndarray, what: str) -> None:
    """Raise an ExchangeError where an array is not of finite numbers."""
    if array.dtype.kind not in "fiu":
        raise ExchangeError(f"{what} is not numeric but {array.dtype}")
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise ExchangeError(f"{what} has {bad} values that are NaN or infinite")


def check_range(case: Case, precision: str) -> None:
    """Raise an ExchangeError where a precision has no room for a case's weights or points."""
    for name, array in (*case.weights.items(), ("points", case.batch["points"])):
        largest = np.abs(array).max()
        if largest > np.finfo(precision).max:
            raise ExchangeError(f"{name}: {largest:.3g} is beyond the range of {precision}")

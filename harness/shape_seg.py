"""keras.io's shape segmenter written out in NumPy: the reference of a network without TF1 ancestor.

It owes nothing to Keras or to `tf2_native`: the global feature is tiled and concatenated as
published, products of transforms are summed index by index, and derivatives come from a complex
step. Slow, in float64, and meant for a few small clouds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

# float64; complex128 under a complex step.
Array: TypeAlias = NDArray[Any]
Variant: TypeAlias = Literal["shape_seg", "shape_seg_corrected"]

EPSILON = 1e-3  # of batch norm
WEIGHT = 0.001  # of the regulariser
MOMENTUM: Mapping[Variant, float] = {"shape_seg": 0.0, "shape_seg_corrected": 0.99}


@dataclass(frozen=True)
class Forward:
    """What one pass through the network computes.

    Attributes:
        probabilities: B x N x classes.
        terms: the addends of the loss: `cross_entropy`, `input_orthogonality` and
            `feature_orthogonality`.
        state: moving statistics after the pass, by canonical name; those given, in inference.
        activations: output of each layer by its name in Keras, as far as it owns variables or ends
            a block (`features_64_conv`, `features_64_batch_norm`, `features_64_relu`, ...).
    """

    probabilities: Array
    terms: dict[str, Array]
    state: dict[str, Array] = field(repr=False)
    activations: dict[str, Array] = field(repr=False)

    @property
    def loss(self) -> Array:
        """The sum of the terms, a scalar."""
        return sum(self.terms.values(), np.zeros(()))


def forward(
    weights: Mapping[str, Array],
    points: Array,
    labels: Array,
    *,
    variant: Variant = "shape_seg",
    training: bool = False,
    momentum: float | None = None,
) -> Forward:
    """Runs the network.

    Arguments:
        weights: parameters and moving statistics by canonical name (`features_64_conv/kernel`).
        points: B x N x 3.
        labels: class indices B x N, or one-hot B x N x classes.
        variant: `shape_seg` for the network as published, `shape_seg_corrected` as it was meant.
        training: whether batch norm uses, and averages, the batch's moments. There is no dropout.
        momentum: share of the old average kept; the variant's own where left out.

    Returns:
        Probabilities, loss terms, moving statistics and activations, in float64, or in complex128
        where `weights` or `points` are complex.
    """
    momentum = MOMENTUM[variant] if momentum is None else momentum
    return _Pass(weights, variant, training, momentum).run(_exact(points), np.asarray(labels))


def derivative(
    weights: Mapping[str, Array],
    direction: Mapping[str, Array],
    points: Array,
    labels: Array,
    *,
    variant: Variant = "shape_seg",
    training: bool = False,
) -> float:
    """Derivative of the loss along a direction in weight space.

    A complex step, Im f(w + ihd) / h (Squire and Trapp, SIAM Review 40, 1998): nothing cancels, so
    that it is as accurate as the loss itself. Every operation here extends to complex numbers,
    comparisons by real part.

    Arguments:
        weights: as for `forward`.
        direction: arrays shaped like the weights of the same name; absent names stand still.
        points: as for `forward`.
        labels: as for `forward`.
        variant: as for `forward`.
        training: as for `forward`.

    Returns:
        The derivative at `weights`.
    """
    step = 1e-30
    moved = {
        name: value + 1j * step * direction[name] if name in direction else value
        for name, value in weights.items()
    }
    return (
        float(forward(moved, points, labels, variant=variant, training=training).loss.imag) / step
    )


class _Pass:
    """One pass, and what it leaves behind."""

    def __init__(
        self, weights: Mapping[str, Array], variant: Variant, training: bool, momentum: float
    ) -> None:
        self.weights = {name: _exact(value) for name, value in weights.items()}
        self.penalty = _PENALTIES[variant]
        self.training = training
        self.momentum = momentum
        self.penalties: dict[str, Array] = {}
        self.state = {n: v for n, v in self.weights.items() if "/moving_" in n}
        self.activations: dict[str, Array] = {}

    def run(self, points: Array, labels: Array) -> Forward:
        aligned = self.align("input_transformation_block", "input_orthogonality", points)
        features_64 = self.conv("features_64", aligned)
        features_128_1 = self.conv("features_128_1", features_64)
        features_128_2 = self.conv("features_128_2", features_128_1)
        transformed = self.align("transformed_features", "feature_orthogonality", features_128_2)
        features_512 = self.conv("features_512", transformed)
        features_2048 = self.conv("pre_maxpool_block", features_512)
        tiled = np.repeat(features_2048.max(axis=1, keepdims=True), points.shape[1], axis=1)
        parts = [features_64, features_128_1, features_128_2, transformed, features_512, tiled]
        x = self.conv("segmentation_features", np.concatenate(parts, axis=2))
        logits = self.linear("segmentation_head", x)
        cross_entropy = _cross_entropy(logits, labels)
        probabilities = self.keep("segmentation_head", np.exp(_log_softmax(logits)))
        terms = {"cross_entropy": cross_entropy, **self.penalties}
        return Forward(probabilities, terms, self.state, self.activations)

    def align(self, name: str, term: str, x: Array) -> Array:
        """Multiplies each cloud by the matrix that its T-Net predicts."""
        size = x.shape[2]
        net = x
        for number in (1, 2, 3):
            net = self.conv(f"{name}_{number}", net)
        net = net.max(axis=1)
        for number in (1, 2):
            net = self.block(f"{name}_{number}_1", "dense", net)
        flat = self.keep(f"{name}_final", self.linear(f"{name}_final", net))
        transforms = flat.reshape(len(flat), size, size)
        self.penalties[term] = WEIGHT * self.penalty(transforms) / len(transforms)
        return np.einsum("bnk,bkl->bnl", x, transforms)

    def conv(self, name: str, x: Array) -> Array:
        return self.block(name, "conv", x)

    def block(self, name: str, kind: str, x: Array) -> Array:
        x = self.keep(f"{name}_{kind}", self.linear(f"{name}_{kind}", x))
        x = self.keep(f"{name}_batch_norm", self.batch_norm(f"{name}_batch_norm", x))
        return self.keep(f"{name}_relu", np.where(x.real > 0, x, 0))

    def linear(self, name: str, x: Array) -> Array:
        kernel = self.weights[f"{name}/kernel"]
        # Of a 1-D convolution as wide as one point, or of a dense layer.
        return x @ kernel.reshape(kernel.shape[-2:]) + self.weights[f"{name}/bias"]

    def batch_norm(self, name: str, x: Array) -> Array:
        mean = self.weights[f"{name}/moving_mean"]
        variance = self.weights[f"{name}/moving_variance"]
        if self.training:
            mean, variance = self.average(name, x, mean, variance)
        normal = (x - mean) / np.sqrt(variance + EPSILON)
        return normal * self.weights[f"{name}/gamma"] + self.weights[f"{name}/beta"]

    def average(
        self, name: str, x: Array, old_mean: Array, old_variance: Array
    ) -> tuple[Array, Array]:
        """The batch's mean and biased variance of each channel, which the moving ones take in."""
        rows = x.reshape(-1, x.shape[-1])
        mean = rows.sum(axis=0) / len(rows)
        # Not `np.var`: of complex numbers, that takes the modulus.
        variance = ((rows - mean) ** 2).sum(axis=0) / len(rows)
        kept, new = self.momentum, 1 - self.momentum
        self.state[f"{name}/moving_mean"] = kept * old_mean + new * mean
        self.state[f"{name}/moving_variance"] = kept * old_variance + new * variance
        return mean, variance

    def keep(self, name: str, x: Array) -> Array:
        self.activations[name] = x
        return x


def mixed_orthogonality(transforms: Array) -> Array:
    """The sum of squares that the published regulariser takes of a batch.

    Row i of cloud b meets row j of cloud c, for all b, i, c and j. Those B * K * B rows of K
    products, in this order, are cut into matrices of K rows, and from each the identity is taken:
    one, that is, from entry j of row r where r mod K = j.

    Arguments:
        transforms: B x K x K.

    Returns:
        Scalar, without weight and without division by the batch size.
    """
    clouds, size, _ = transforms.shape
    total = np.zeros((), transforms.dtype)
    for b in range(clouds):
        for i in range(size):
            for c in range(clouds):
                products = transforms[c] @ transforms[b, i]
                products[((b * size + i) * clouds + c) % size] -= 1
                total = total + (products**2).sum()
    return total


def own_orthogonality(transforms: Array) -> Array:
    """The sum over the clouds of the squared entries of A A^T - I.

    Arguments:
        transforms: B x K x K.

    Returns:
        Scalar, without weight and without division by the batch size.
    """
    total = np.zeros((), transforms.dtype)
    for transform in transforms:
        total = total + ((transform @ transform.T - np.eye(len(transform))) ** 2).sum()
    return total


_PENALTIES = {"shape_seg": mixed_orthogonality, "shape_seg_corrected": own_orthogonality}


def _cross_entropy(logits: Array, labels: Array) -> Array:
    """Mean over all points of minus the log-probability of the true class."""
    if labels.ndim == logits.ndim:
        labels = labels.argmax(axis=-1)
    log_probabilities = _log_softmax(logits).reshape(-1, logits.shape[-1])
    chosen = log_probabilities[np.arange(len(log_probabilities)), labels.ravel()]
    return -chosen.sum() / len(chosen)


def _log_softmax(x: Array) -> Array:
    shifted: Array = x - x.real.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _exact(value: Array) -> Array:
    """In float64, or in complex128 where it is complex."""
    value = np.asarray(value)
    return value.astype(np.complex128 if np.iscomplexobj(value) else np.float64)

"""keras.io's shape segmenter written out in NumPy: the reference of a network without TF1 ancestor.

It owes nothing to Keras or to `tf2_native`: the global feature is tiled and concatenated as
published, products of transforms are summed index by index, and gradients come from a tape of their
own, which a complex step checks. Slow, in float64, and meant for a few small clouds.
"""

from collections.abc import Callable, Mapping, Sequence
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
    _tape: "_Tape" = field(repr=False)

    @property
    def loss(self) -> Array:
        """The sum of the terms, a scalar."""
        return sum(self.terms.values(), np.zeros(()))

    def gradients(self) -> dict[str, Array]:
        """The gradient of the loss with respect to each trainable parameter.

        Returns:
            Arrays like the weights, by the same names; moving statistics have none.
        """
        return self._tape.gradients()


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


def gradients(
    weights: Mapping[str, Array],
    points: Array,
    labels: Array,
    *,
    variant: Variant = "shape_seg",
    training: bool = True,
) -> dict[str, Array]:
    """As `Forward.gradients`, of a pass with these arguments of `forward`."""
    return forward(weights, points, labels, variant=variant, training=training).gradients()


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
        self.tape = _Tape()
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
        tiled = self.tile(self.max_over_points(features_2048), points.shape[1])
        parts = [features_64, features_128_1, features_128_2, transformed, features_512, tiled]
        x = self.conv("segmentation_features", self.concatenate(parts))
        logits = self.linear("segmentation_head", x)
        cross_entropy = self.cross_entropy(logits, labels)
        probabilities = self.keep("segmentation_head", np.exp(_log_softmax(logits)))
        terms = {"cross_entropy": cross_entropy, **self.penalties}
        return Forward(probabilities, terms, self.state, self.activations, self.tape)

    def align(self, name: str, term: str, x: Array) -> Array:
        """Multiplies each cloud by the matrix that its T-Net predicts."""
        size = x.shape[2]
        net = x
        for number in (1, 2, 3):
            net = self.conv(f"{name}_{number}", net)
        net = self.max_over_points(net)
        for number in (1, 2):
            net = self.block(f"{name}_{number}_1", "dense", net)
        flat = self.keep(f"{name}_final", self.linear(f"{name}_final", net))
        transforms = flat.reshape(len(flat), size, size)
        self.tape.record(transforms, [flat], lambda g: [g.reshape(flat.shape)])
        total, slope = self.penalty(transforms)
        share = WEIGHT / len(transforms)
        self.penalties[term] = share * total
        self.tape.begin(transforms, share * slope)
        moved = np.einsum("bnk,bkl->bnl", x, transforms)
        self.tape.record(
            moved,
            [x, transforms],
            lambda g: [np.einsum("bnl,bkl->bnk", g, transforms), np.einsum("bnk,bnl->bkl", x, g)],
        )
        return moved

    def conv(self, name: str, x: Array) -> Array:
        return self.block(name, "conv", x)

    def block(self, name: str, kind: str, x: Array) -> Array:
        x = self.keep(f"{name}_{kind}", self.linear(f"{name}_{kind}", x))
        x = self.keep(f"{name}_batch_norm", self.batch_norm(f"{name}_batch_norm", x))
        positive = x.real > 0
        rectified = self.keep(f"{name}_relu", np.where(positive, x, 0))
        self.tape.record(rectified, [x], lambda g: [np.where(positive, g, 0)])
        return rectified

    def max_over_points(self, x: Array) -> Array:
        """Largest of each channel; ties are at zero, where ReLU lets no gradient through."""
        first = x.real.argmax(axis=1)[:, None]
        largest = np.take_along_axis(x, first, axis=1)[:, 0]

        def back(g: Array) -> list[Array]:
            spread = np.zeros(x.shape, g.dtype)
            np.put_along_axis(spread, first, g[:, None], axis=1)
            return [spread]

        self.tape.record(largest, [x], back)
        return largest

    def tile(self, x: Array, count: int) -> Array:
        tiled = np.repeat(x[:, None], count, axis=1)
        self.tape.record(tiled, [x], lambda g: [g.sum(axis=1)])
        return tiled

    def concatenate(self, parts: Sequence[Array]) -> Array:
        joined = np.concatenate(parts, axis=2)
        ends = np.cumsum([part.shape[2] for part in parts])[:-1]
        self.tape.record(joined, parts, lambda g: np.split(g, ends, axis=2))
        return joined

    def linear(self, name: str, x: Array) -> Array:
        kernel, bias = self.weights[f"{name}/kernel"], self.weights[f"{name}/bias"]
        # Of a 1-D convolution as wide as one point, or of a dense layer.
        matrix = kernel.reshape(kernel.shape[-2:])
        y = x @ matrix + bias

        def back(g: Array) -> list[Array]:
            rows, slopes = x.reshape(-1, x.shape[-1]), g.reshape(-1, g.shape[-1])
            self.tape.own(f"{name}/kernel", (rows.T @ slopes).reshape(kernel.shape))
            self.tape.own(f"{name}/bias", slopes.sum(axis=0))
            return [g @ matrix.T]

        self.tape.record(y, [x], back)
        return y

    def batch_norm(self, name: str, x: Array) -> Array:
        mean = self.weights[f"{name}/moving_mean"]
        variance = self.weights[f"{name}/moving_variance"]
        if self.training:
            mean, variance = self.average(name, x, mean, variance)
        deviation = np.sqrt(variance + EPSILON)
        normal = (x - mean) / deviation
        gamma, beta = self.weights[f"{name}/gamma"], self.weights[f"{name}/beta"]
        y = normal * gamma + beta
        axes = tuple(range(x.ndim - 1))

        def back(g: Array) -> list[Array]:
            self.tape.own(f"{name}/gamma", (g * normal).sum(axis=axes))
            self.tape.own(f"{name}/beta", g.sum(axis=axes))
            slope = g * gamma
            if self.training:  # the batch's moments depend on x too
                slope = slope - slope.mean(axis=axes) - normal * (slope * normal).mean(axis=axes)
            return [slope / deviation]

        self.tape.record(y, [x], back)
        return y

    def cross_entropy(self, logits: Array, labels: Array) -> Array:
        """Mean over all points of minus the log-probability of the true class."""
        if labels.ndim == logits.ndim:
            labels = labels.argmax(axis=-1)
        log_probabilities = _log_softmax(logits).reshape(-1, logits.shape[-1])
        rows = np.arange(len(log_probabilities))
        slope = np.exp(log_probabilities)
        slope[rows, labels.ravel()] -= 1
        self.tape.begin(logits, slope.reshape(logits.shape) / len(rows))
        chosen = log_probabilities[rows, labels.ravel()]
        return -chosen.sum() / len(chosen)

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


class _Tape:
    """What was computed from what, to go back over; the chain rule and nothing else."""

    def __init__(self) -> None:
        self._steps: list[tuple[Array, Sequence[Array], Callable[[Array], Sequence[Array]]]] = []
        self._begun: list[tuple[Array, Array]] = []
        self._own: dict[str, Array] = {}

    def record(
        self, y: Array, inputs: Sequence[Array], back: Callable[[Array], Sequence[Array]]
    ) -> None:
        """Notes how a gradient with respect to `y` becomes those with respect to its inputs."""
        self._steps.append((y, inputs, back))

    def begin(self, x: Array, gradient: Array) -> None:
        """Notes what an addend of the loss has as gradient with respect to `x`."""
        self._begun.append((x, gradient))

    def own(self, name: str, gradient: Array) -> None:
        """Takes the gradient of a parameter."""
        self._own[name] = gradient

    def gradients(self) -> dict[str, Array]:
        """Goes back over the tape."""
        found: dict[int, Array] = {}
        for x, gradient in self._begun:
            found[id(x)] = found.get(id(x), 0) + gradient
        for y, inputs, back in reversed(self._steps):
            for x, gradient in zip(inputs, back(found.pop(id(y))), strict=True):
                found[id(x)] = found.get(id(x), 0) + gradient
        return self._own


def mixed_orthogonality(transforms: Array) -> tuple[Array, Array]:
    """The sum of squares that the published regulariser takes of a batch, and its gradient.

    Row i of cloud b meets row j of cloud c, for all b, i, c and j. Those B * K * B rows of K
    products, in this order, are cut into matrices of K rows, and from each the identity is taken:
    one, that is, from entry j of row r where r mod K = j.

    Arguments:
        transforms: B x K x K.

    Returns:
        Scalar, without weight and without division by the batch size; and B x K x K.
    """
    clouds, size, _ = transforms.shape
    products = np.einsum("bik,cjk->bicj", transforms, transforms, optimize=True)
    rows = products.reshape(-1, size)
    row = np.arange(len(rows))
    rows[row, row % size] -= 1
    residual = rows.reshape(clouds, size, clouds, size)
    slope = np.einsum("bicj,cjk->bik", residual, transforms, optimize=True)
    slope = slope + np.einsum("bicj,bik->cjk", residual, transforms, optimize=True)
    return (residual**2).sum(), 2 * slope


def own_orthogonality(transforms: Array) -> tuple[Array, Array]:
    """The sum over the clouds of the squared entries of A A^T - I, and its gradient.

    Arguments:
        transforms: B x K x K.

    Returns:
        Scalar, without weight and without division by the batch size; and B x K x K.
    """
    residual = np.einsum("bik,bjk->bij", transforms, transforms) - np.eye(transforms.shape[1])
    return (residual**2).sum(), 4 * np.einsum("bij,bjk->bik", residual, transforms)


_PENALTIES = {"shape_seg": mixed_orthogonality, "shape_seg_corrected": own_orthogonality}


def _log_softmax(x: Array) -> Array:
    shifted: Array = x - x.real.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _exact(value: Array) -> Array:
    """In float64, or in complex128 where it is complex."""
    value = np.asarray(value)
    return value.astype(np.complex128 if np.iscomplexobj(value) else np.float64)

"""Batch normalisation with TF1's moving averages."""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
from keras import ops

from tf2_native.tensor import Tensor

Momentum: TypeAlias = float | Callable[[Tensor], Tensor]


@keras.saving.register_keras_serializable(package="tf2_native")
class BatchNormalization(keras.layers.Layer):
    """Normalises the last axis over all the others, and averages the moments as TF1 did.

    Three things differ from `keras.layers.BatchNormalization`, each of them silent:

    - the moving variance starts at zero, like the mean, unless told otherwise: TF1's
      `ExponentialMovingAverage` of a tensor does, and is not debiased;
    - `momentum` may follow a schedule, which PointNet raises from 0.5 to 0.99 as training goes on;
    - the variance is the mean squared distance from the mean, in two passes, on every backend,
      and in float64 where that is asked for: Keras' own layer falls back to float32 on JAX and
      PyTorch.

    Under mixed precision all of it is computed in the dtype of the variables: sums over a batch's
    points overflow float16, and moving averages stand still in bfloat16.

    A schedule is evaluated on the layer's own `step`, the number of training calls so far. Being a
    variable, it works in compiled graphs, and is saved and restored with the weights.

    Arguments:
        momentum: share of the old average kept at each training call; a float, or a serialisable
            callable from an integer step to a scalar.
        epsilon: added to the variance.
        moving_variance_initializer: "zeros" as in TF1, or "ones" as in Keras.
        **kwargs: for `keras.layers.Layer`.
    """

    def __init__(
        self,
        momentum: Momentum = 0.9,
        epsilon: float = 1e-3,
        moving_variance_initializer: str = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon
        self.moving_variance_initializer = moving_variance_initializer

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates gamma, beta and the moving statistics, each [C], and a counter for a schedule."""
        shape = (input_shape[-1],)
        self.gamma = self._add_weight(shape, "ones", "gamma", trainable=True)
        self.beta = self._add_weight(shape, "zeros", "beta", trainable=True)
        self.moving_mean = self._add_weight(shape, "zeros", "moving_mean", trainable=False)
        self.moving_variance = self._add_weight(
            shape, self.moving_variance_initializer, "moving_variance", trainable=False
        )
        if callable(self.momentum):
            self.step = self.add_weight(
                shape=(), initializer="zeros", dtype="int32", trainable=False, name="step"
            )

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Normalises with the batch's moments in training, with the moving ones in inference.

        Arguments:
            x: ... x C, floating.
            training: whether to use, and to average, the batch's moments.

        Returns:
            Tensor like `x`.
        """
        # In mixed precision, 16 bits would be too few for sums over a batch.
        x = ops.cast(x, self.variable_dtype)
        if training:
            mean, variance = moments(x)
            self.average(mean, variance)
        else:
            mean, variance = self.moving_mean, self.moving_variance
        return self.normalise(x, mean, variance)

    def normalise(self, x: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        """Normalises ... x C with given moments, each [C]."""
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        return ops.cast(x * scale + (self.beta - mean * scale), self.compute_dtype)

    def average(self, mean: Tensor, variance: Tensor) -> None:
        """Moves the moving statistics towards the moments of a batch, each [C]."""
        momentum = self._next_momentum()
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(momentum * moving + (1 - momentum) * batch)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, the schedule serialised."""
        momentum = keras.saving.serialize_keras_object(self.momentum)
        return {
            **super().get_config(),
            "momentum": momentum,
            "epsilon": self.epsilon,
            "moving_variance_initializer": self.moving_variance_initializer,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "BatchNormalization":
        """The inverse of `get_config`."""
        momentum = keras.saving.deserialize_keras_object(config["momentum"])
        return cls(**{**config, "momentum": momentum})

    def _add_weight(
        self, shape: tuple[int | None, ...], initializer: str, name: str, *, trainable: bool
    ) -> keras.Variable:
        return self.add_weight(
            shape=shape, initializer=initializer, trainable=trainable, autocast=False, name=name
        )

    def _next_momentum(self) -> Tensor | float:
        if not callable(self.momentum):
            return self.momentum
        # Before the count goes up: TF1 read the global step that its optimiser had not yet raised.
        momentum = ops.cast(self.momentum(self.step), self.moving_mean.dtype)
        self.step.assign(self.step + 1)
        return momentum


def moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance of ... x C over all axes but the last, each [C].

    Not `ops.moments`, which on some backends subtracts the squared mean from the mean square and
    cancels; nor `ops.mean`, which on JAX takes the mean of float64 numbers in float32.
    """
    axes = tuple(range(len(x.shape) - 1))
    count = ops.cast(ops.size(x) // x.shape[-1], x.dtype)
    mean = ops.sum(x, axis=axes) / count
    return mean, ops.sum(ops.square(x - mean), axis=axes) / count

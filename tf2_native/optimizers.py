"""The optimisers of the published training scripts: TF1's two in TF1's form, and Keras' Adam."""

from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops

from tf2_native.tensor import Tensor

Rate: TypeAlias = float | keras.optimizers.schedules.LearningRateSchedule


def adam(learning_rate: Rate = 0.001) -> keras.optimizers.Adam:
    """Adam with TF1's constants.

    Keras' own epsilon is ten times as large. The betas matter too: TF1 held them in float32, and
    1 - float32(0.999) is 0.00099998713, not 0.001. Keras subtracts in double precision, which
    comes to the same only if it is handed the rounded number.

    Arguments:
        learning_rate: a float, or a schedule of the step.

    Returns:
        Optimiser with beta 0.9 and 0.999 and epsilon 1e-8, added outside the bias correction.
    """
    return keras.optimizers.Adam(
        learning_rate,
        beta_1=_in_float32(0.9),
        beta_2=_in_float32(0.999),
        epsilon=_in_float32(1e-8),
    )


@keras.saving.register_keras_serializable(package="tf2_native")
class KerasAdam(keras.optimizers.Adam):
    """Keras' own Adam as it is on TensorFlow, on every backend.

    There, a float64 variable's bias corrections are powers of float32(0.9) and float32(0.999), for
    `ops.cast(0.999, "float64")` makes a float32 on its way; the moments still move by 1 - 0.999. On
    JAX and PyTorch nothing is rounded, and the first step is 6.7e-6 of its length longer. In
    float32 there is no difference. `amsgrad` is not taken.
    """

    def update_step(
        self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor
    ) -> None:
        """Updates one variable and its two moments.

        Arguments:
            gradient: of the loss, shaped like the variable.
            variable: the parameter to move.
            learning_rate: scalar.
        """
        dtype = variable.dtype
        index = self._get_variable_index(variable)
        mean, square = self._momentums[index], self._velocities[index]
        gradient, rate = ops.cast(gradient, dtype), ops.cast(learning_rate, dtype)
        step = ops.cast(self.iterations + 1, dtype)
        of_mean, of_square = (
            1 - ops.power(ops.cast(_in_float32(beta), dtype), step)
            for beta in (self.beta_1, self.beta_2)
        )
        self.assign_add(mean, (gradient - mean) * (1 - self.beta_1))
        self.assign_add(square, (ops.square(gradient) - square) * (1 - self.beta_2))
        rate = rate * ops.sqrt(of_square) / of_mean
        self.assign_sub(variable, mean * rate / (ops.sqrt(square) + self.epsilon))


@keras.saving.register_keras_serializable(package="tf2_native")
class Momentum(keras.optimizers.Optimizer):
    """TF1's momentum: accumulator = momentum * accumulator + gradient; w -= rate * accumulator.

    `keras.optimizers.SGD(momentum=...)` multiplies each gradient by the rate of its own step before
    it accumulates, so that after a stair of the schedule old gradients still count at the old rate.
    The two agree only while the rate stays as it is.

    Arguments:
        learning_rate: a float, or a schedule of the step.
        momentum: share of the accumulator kept at each step; held in float32, as TF1 did.
        name: of the optimiser.
        **kwargs: for `keras.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        momentum: float = 0.9,
        name: str = "momentum",
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = _in_float32(momentum)

    def build(self, variables: list[keras.Variable]) -> None:
        """Creates one accumulator for each variable, at zero."""
        if self.built:
            return
        super().build(variables)
        self.accumulators = self.add_optimizer_variables(variables, "accumulator")

    def update_step(
        self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor
    ) -> None:
        """Updates one variable and its accumulator.

        Arguments:
            gradient: of the loss, shaped like the variable.
            variable: the parameter to move.
            learning_rate: scalar.
        """
        rate = ops.cast(learning_rate, variable.dtype)
        accumulator = self.accumulators[self._get_variable_index(variable)]
        self.assign(accumulator, self.momentum * accumulator + ops.cast(gradient, variable.dtype))
        self.assign_sub(variable, rate * accumulator)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "momentum": self.momentum}


def _in_float32(number: float) -> float:
    """The number that TF1 computed with: it turned Python floats into float32 tensors."""
    return float(np.float32(number))

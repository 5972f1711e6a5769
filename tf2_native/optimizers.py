"""The two optimisers of the TF1 training scripts, in TF1's form."""

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

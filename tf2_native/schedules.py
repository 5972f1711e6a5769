"""The two schedules of PointNet's training, both counted in clouds seen and both staircases."""

from typing import Any

import keras
from keras import ops

from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class LearningRateStaircase(keras.optimizers.schedules.LearningRateSchedule):
    """max(base * decay_rate ^ floor(step * batch_size / decay_clouds), floor).

    Arguments:
        base: the rate at step 0.
        batch_size: clouds per step.
        decay_clouds: clouds per stair.
        decay_rate: factor per stair.
        floor: the least rate.
    """

    def __init__(
        self,
        base: float = 0.001,
        *,
        batch_size: int = 32,
        decay_clouds: int = 200_000,
        decay_rate: float = 0.7,
        floor: float = 1e-5,
    ) -> None:
        self.base = base
        self.batch_size = batch_size
        self.decay_clouds = decay_clouds
        self.decay_rate = decay_rate
        self.floor = floor

    def __call__(self, step: Tensor | int) -> Tensor:
        """The rate of one step.

        Arguments:
            step: steps taken so far, integer.

        Returns:
            Scalar tensor of Keras' default float dtype.
        """
        factor = _power(self.decay_rate, _stair(step, self.batch_size, self.decay_clouds))
        return ops.maximum(self.base * factor, self.floor)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "base": self.base,
            "batch_size": self.batch_size,
            "decay_clouds": self.decay_clouds,
            "decay_rate": self.decay_rate,
            "floor": self.floor,
        }


@keras.saving.register_keras_serializable(package="tf2_native")
class BatchNormMomentum:
    """min(ceiling, 1 - initial * decay_rate ^ floor(step * batch_size / decay_clouds)).

    TF1 calls this number the decay, and lets "momentum" be what decays, from 0.5 down to 0.01.

    Arguments:
        batch_size: clouds per step.
        decay_clouds: clouds per stair.
        initial: one minus the momentum at step 0.
        decay_rate: factor on one minus the momentum, per stair.
        ceiling: the largest momentum.
    """

    def __init__(
        self,
        *,
        batch_size: int = 32,
        decay_clouds: int = 200_000,
        initial: float = 0.5,
        decay_rate: float = 0.5,
        ceiling: float = 0.99,
    ) -> None:
        self.batch_size = batch_size
        self.decay_clouds = decay_clouds
        self.initial = initial
        self.decay_rate = decay_rate
        self.ceiling = ceiling

    def __call__(self, step: Tensor | int) -> Tensor:
        """The momentum of one step.

        Arguments:
            step: steps taken so far, integer.

        Returns:
            Scalar tensor of Keras' default float dtype.
        """
        factor = _power(self.decay_rate, _stair(step, self.batch_size, self.decay_clouds))
        return ops.minimum(1 - self.initial * factor, self.ceiling)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "batch_size": self.batch_size,
            "decay_clouds": self.decay_clouds,
            "initial": self.initial,
            "decay_rate": self.decay_rate,
            "ceiling": self.ceiling,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "BatchNormMomentum":
        """The inverse of `get_config`."""
        return cls(**config)


def _stair(step: Tensor | int, batch_size: int, decay_clouds: int) -> Tensor:
    """floor(step * batch_size / decay_clouds), exactly.

    All in integers, and without the whole product, which a long training takes past 2^31: at a
    multiple of `decay_clouds` the new stair holds, however many clouds have gone by.
    """
    step = ops.convert_to_tensor(step)
    turns, rest = ops.floor_divide(step, decay_clouds), ops.mod(step, decay_clouds)
    return turns * batch_size + ops.floor_divide(rest * batch_size, decay_clouds)


def _power(base: float, exponent: Tensor) -> Tensor:
    """`base ^ exponent` in Keras' default float dtype."""
    dtype = keras.config.floatx()
    # Not `ops.cast(base, ...)`: that can go by way of float32, and 0.7 does not survive it.
    return ops.power(ops.convert_to_tensor(base, dtype=dtype), ops.cast(exponent, dtype))

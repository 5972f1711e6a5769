"""How each network was trained when it was published, and how to make Keras do the same."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import keras

from tf2_native.metrics import MeanClassAccuracy
from tf2_native.optimizers import Momentum, adam
from tf2_native.schedules import BatchNormMomentum, LearningRateStaircase


@dataclass(frozen=True)
class Recipe:
    """The settings of one training run; the defaults are those of the TF1 classification script.

    Change some with `dataclasses.replace`.

    Attributes:
        model: name of the network.
        batch_size: clouds per step.
        num_points: points per cloud.
        epochs: passes over the training files.
        optimizer: `adam` or `momentum`.
        learning_rate: at the start.
        momentum: of the momentum optimiser; Adam has none.
        decay_clouds: clouds per stair, of the learning rate and of the batch-norm momentum alike.
        decay_rate: factor on the learning rate, per stair.
        learning_rate_floor: the least learning rate.
    """

    model: str
    batch_size: int = 32
    num_points: int = 1024
    epochs: int = 250
    optimizer: Literal["adam", "momentum"] = "adam"
    learning_rate: float = 0.001
    momentum: float = 0.9
    decay_clouds: int = 200_000
    decay_rate: float = 0.7
    learning_rate_floor: float = 1e-5

    def learning_rate_schedule(self) -> LearningRateStaircase:
        """The learning rate by step."""
        return LearningRateStaircase(
            self.learning_rate,
            batch_size=self.batch_size,
            decay_clouds=self.decay_clouds,
            decay_rate=self.decay_rate,
            floor=self.learning_rate_floor,
        )

    def bn_momentum_schedule(self) -> BatchNormMomentum:
        """The batch-norm momentum by step."""
        return BatchNormMomentum(batch_size=self.batch_size, decay_clouds=self.decay_clouds)

    def make_optimizer(self) -> keras.optimizers.Optimizer:
        """The optimiser, on the learning-rate schedule."""
        if self.optimizer == "adam":
            return adam(self.learning_rate_schedule())
        return Momentum(self.learning_rate_schedule(), momentum=self.momentum)


RECIPES: MappingProxyType[str, Recipe] = MappingProxyType(
    {name: Recipe(model=name) for name in ("pointnet_cls", "pointnet_cls_basic")}
)


def compile_model(model: keras.Model, recipe: Recipe) -> None:
    """Compiles a classifier for training: mean cross-entropy, and what its layers add to the loss.

    The batch-norm momentum is part of the model: build it with `recipe.bn_momentum_schedule()`.

    Arguments:
        model: from points to logits B x num_classes.
        recipe: the settings.
    """
    model.compile(
        optimizer=recipe.make_optimizer(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
            MeanClassAccuracy(model.output_shape[-1]),
        ],
    )

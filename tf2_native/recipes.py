"""How each network was trained when it was published, and how to make Keras do the same."""

from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Literal

import keras
import numpy as np

from tf2_native.losses import ProbabilityCrossEntropy
from tf2_native.metrics import MeanClassAccuracy
from tf2_native.models.shape_seg import CORRECTED_MOMENTUM, PUBLISHED_MOMENTUM
from tf2_native.optimizers import KerasAdam, Momentum, adam
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
        decay_clouds: clouds per stair of the learning rate.
        decay_rate: factor on the learning rate, per stair.
        bn_stairs: stairs of the learning rate to one of the batch-norm momentum.
        learning_rate_floor: the least learning rate.
        parts_weight: weight of the parts in the loss of `part_seg`; the category has the rest of 1.
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
    bn_stairs: int = 1
    learning_rate_floor: float = 1e-5
    parts_weight: float = 1.0

    def learning_rate_schedule(self) -> keras.optimizers.schedules.LearningRateSchedule:
        """The learning rate by step."""
        return LearningRateStaircase(
            self.learning_rate,
            batch_size=self.batch_size,
            decay_clouds=self.decay_clouds,
            decay_rate=self.decay_rate,
            floor=self.learning_rate_floor,
        )

    def bn_momentum_schedule(self) -> BatchNormMomentum | float:
        """The batch-norm momentum by step."""
        return BatchNormMomentum(
            batch_size=self.batch_size, decay_clouds=self.decay_clouds * self.bn_stairs
        )

    def make_optimizer(self) -> keras.optimizers.Optimizer:
        """The optimiser, on the learning-rate schedule."""
        if self.optimizer == "adam":
            return adam(self.learning_rate_schedule())
        return Momentum(self.learning_rate_schedule(), momentum=self.momentum)

    def make_loss(self) -> keras.losses.Loss:
        """The loss of the network's output, without what its layers add."""
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@dataclass(frozen=True)
class ShapeSegRecipe(Recipe):
    """The settings of keras.io's shape segmenter; the defaults are those of the published run.

    The learning rate is halved behind each boundary. Published were two boundaries at the same
    step, so that the rate falls from 0.001 to 0.00025 at once and never is 0.0005; the text speaks
    of halving it again and again. That step was meant to be the end of epoch 15, but counts 92
    batches an epoch where `tf.data` makes 93 of 2,955 clouds: it is 15 batches early.

    Attributes:
        decay_clouds: clouds per stair, 15 epochs of whole batches.
        boundaries: where the rate falls, in stairs.
        bn_momentum: of every batch normalisation, constant.
    """

    epochs: int = 60
    decay_clouds: int = 15 * (2955 // 32) * 32
    decay_rate: float = 0.5
    learning_rate_floor: float = 0.0
    boundaries: tuple[int, ...] = (1, 1)
    bn_momentum: float = PUBLISHED_MOMENTUM

    def learning_rate_schedule(self) -> keras.optimizers.schedules.PiecewiseConstantDecay:
        """The learning rate by step; the step of a boundary itself still has the old rate."""
        stairs = np.arange(len(self.boundaries) + 1)
        rates = np.maximum(self.learning_rate * self.decay_rate**stairs, self.learning_rate_floor)
        return keras.optimizers.schedules.PiecewiseConstantDecay(
            [stairs * self.decay_clouds // self.batch_size for stairs in self.boundaries],
            # On TensorFlow, Keras takes Python's floats for float32, whatever is computed in.
            list(rates.astype(keras.config.floatx())),
        )

    def bn_momentum_schedule(self) -> float:
        """The batch-norm momentum, the same at every step."""
        return self.bn_momentum

    def make_optimizer(self) -> keras.optimizers.Optimizer:
        """The optimiser, on the learning-rate schedule; Adam with Keras' own constants."""
        if self.optimizer == "adam":
            return KerasAdam(self.learning_rate_schedule())
        return super().make_optimizer()

    def make_loss(self) -> keras.losses.Loss:
        """The loss of probabilities, against class indices B x N."""
        return ProbabilityCrossEntropy()


# What `shape_seg` was meant to do: the rate halved after epoch 15 and again after epoch 30, all
# batches counted, and statistics that remember.
_SHAPE_SEG_CORRECTED = ShapeSegRecipe(
    model="shape_seg_corrected",
    decay_clouds=15 * ceil(2955 / 32) * 32,
    boundaries=(1, 2),
    bn_momentum=CORRECTED_MOMENTUM,
)

RECIPES: MappingProxyType[str, Recipe] = MappingProxyType(
    {
        recipe.model: recipe
        for recipe in (
            Recipe("pointnet_cls"),
            Recipe("pointnet_cls_basic"),
            Recipe("pointnet_seg"),
            Recipe(
                "part_seg",
                num_points=2048,
                epochs=200,
                decay_clouds=16_881 * 20,
                decay_rate=0.5,
                bn_stairs=2,
            ),
            Recipe(
                "sem_seg",
                batch_size=24,
                num_points=4096,
                epochs=50,
                decay_clouds=300_000,
                decay_rate=0.5,
            ),
            ShapeSegRecipe("shape_seg"),
            _SHAPE_SEG_CORRECTED,
        )
    }
)


def compile_model(model: keras.Model, recipe: Recipe) -> None:
    """Compiles a network for training: mean cross-entropy, and what its layers add to the loss.

    The batch-norm momentum is part of the model: build it with `recipe.bn_momentum_schedule()`.

    Arguments:
        model: as `build_model` makes it.
        recipe: the settings.
    """
    if isinstance(model.output, dict):
        weights = {"logits": recipe.parts_weight, "category_logits": 1 - recipe.parts_weight}
        model.compile(
            optimizer=recipe.make_optimizer(),
            loss={name: recipe.make_loss() for name in weights},
            loss_weights=weights,
            metrics={"logits": _metrics(model.output["logits"].shape)},
        )
    else:
        model.compile(
            optimizer=recipe.make_optimizer(),
            loss=recipe.make_loss(),
            metrics=_metrics(model.output.shape),
        )


def _metrics(logits_shape: tuple[int | None, ...]) -> list[keras.metrics.Metric]:
    accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    *_, classes = logits_shape
    assert classes is not None
    if len(logits_shape) == 2:
        return [accuracy, MeanClassAccuracy(classes)]
    return [accuracy, keras.metrics.MeanIoU(classes, sparse_y_pred=False, name="mean_iou")]

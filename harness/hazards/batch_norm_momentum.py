"""Batch norm whose momentum does not follow its schedule."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_momentum",
    title="Batch norm's momentum is constant",
    differs="Keras' default of 0.99 instead of a schedule that rises from 0.5 by clouds seen.",
    versions="Keras' default; TensorFlow 1's ExponentialMovingAverage took a tensor.",
    shows="Evaluation lags behind training for the first epochs, then catches up.",
    mends="Let the momentum follow the schedule, step by step.",
    mutation=Mutation(
        "layers/batch_norm.py",
        "ops.cast(self.momentum(self.step), self.moving_mean.dtype)",
        "ops.cast(0.99, self.moving_mean.dtype)",
    ),
    model="pointnet_cls_basic",
    rung="state",
    place="conv1/bn/moving_mean",
    signature=Signature(departs=("state/001/*",), gain=(0.005, 0.05)),
    api="tf.train.ExponentialMovingAverage",
)

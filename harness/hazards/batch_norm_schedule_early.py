"""A batch-norm schedule one step ahead."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_schedule_early",
    title="The momentum's schedule is one step ahead",
    differs=(
        "Read after the step is counted; the original read the global step before its optimiser"
        " raised it."
    ),
    versions="TensorFlow 2 counters that are raised in the forward pass.",
    shows="Hardly: one step at each stair.",
    mends="Read first, then count.",
    mutation=Mutation(
        "layers/batch_norm.py",
        "ops.cast(self.momentum(self.step), self.moving_mean.dtype)",
        "ops.cast(self.momentum(self.step + 1), self.moving_mean.dtype)",
    ),
    model="pointnet_cls_basic",
    rung="state",
    place="conv1/bn/moving_mean",
    signature=Signature(departs=("state/008/*",), gain=(0.49, 0.51)),
    api="tf.train.exponential_decay",
)

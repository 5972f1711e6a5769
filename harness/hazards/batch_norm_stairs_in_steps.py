"""Schedules counted in steps instead of clouds."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_stairs_in_steps",
    title="A schedule counts steps, not clouds",
    differs=(
        "The decay step, given in clouds, is compared with the number of steps: stairs come "
        "late by the batch size."
    ),
    versions="Keras' schedules take the step; the original passed step * batch size.",
    shows=(
        "Rate and momentum hardly change over the whole training; the end is noisier than it was."
    ),
    mends="Multiply the step by the batch size.",
    mutation=Mutation(
        "schedules.py",
        ("return turns * batch_size + ops.floor_divide(rest * batch_size, decay_clouds)"),
        "return turns + ops.floor_divide(rest, decay_clouds)",
    ),
    model="pointnet_cls_basic",
    rung="state",
    place="conv1/bn/moving_mean",
    signature=Signature(departs=("state/009/*",), gain=(1.99, 2.01)),
    api="tf.train.exponential_decay",
)

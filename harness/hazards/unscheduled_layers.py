"""Layers of the original that forgot the schedule, put on it."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="unscheduled_layers",
    title="Two layers follow a schedule that they never had",
    differs=(
        "conv6 and conv7 kept TensorFlow 1's default decay of 0.9, for nobody passed them the "
        "schedule."
    ),
    versions="The published scene segmenter.",
    shows="Evaluation in the first epochs looks better than the original's.",
    mends="Leave them at 0.9.",
    mutation=Mutation(
        "models/segmenter.py",
        'ConcatenatedMLP(512, **unscheduled, name="conv6")',
        'ConcatenatedMLP(512, **options, name="conv6")',
    ),
    model="sem_seg",
    rung="state",
    place="conv6/bn/moving_mean",
    signature=Signature(departs=("state/001/*",), agrees=("state/*/conv1/*",), gain=(4.9, 5.1)),
    api="tf.train.ExponentialMovingAverage",
)

"""Moving mean and variance swapped when a checkpoint is read."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="checkpoint_moments_swapped",
    title="A checkpoint's moving mean and variance are swapped",
    differs=(
        "TensorFlow 1 named the averages after two squeezed outputs of one op, Squeeze and "
        "Squeeze_1; here they are read the wrong way round."
    ),
    versions="TensorFlow 1 checkpoints with ExponentialMovingAverage.",
    shows="Imported weights evaluate at chance; a few steps of training mend it.",
    mends="Map Squeeze to the mean, Squeeze_1 to the variance.",
    mutation=Mutation(
        "naming.py",
        '_MOMENT_OPS = {"moving_mean": "Squeeze", "moving_variance": "Squeeze_1"}',
        '_MOMENT_OPS = {"moving_mean": "Squeeze_1", "moving_variance": "Squeeze"}',
    ),
    model="pointnet_cls_basic",
    rung="checkpoint",
    place="conv1/bn/moving_mean",
    signature=Signature(
        departs=("*/moving_mean",), along=("export/*/moving_mean",), agrees=("*/beta",)
    ),
    api="tf.train.Saver",
)

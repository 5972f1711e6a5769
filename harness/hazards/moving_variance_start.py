"""Moving variance that starts at one."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="moving_variance_start",
    title="The moving variance starts at one",
    differs="TF1's moving average of a tensor starts at zero, the variance too; Keras' at one.",
    versions="Keras 3 against TensorFlow 1's ExponentialMovingAverage.",
    shows="Evaluation in the first epochs differs; with a high momentum, for many epochs.",
    mends="moving_variance_initializer='zeros'.",
    mutation=Mutation(
        "layers/batch_norm.py",
        'moving_variance_initializer: str = "zeros",',
        'moving_variance_initializer: str = "ones",',
    ),
    model="pointnet_cls_basic",
    rung="initialisation",
    place="conv1/bn/moving_variance",
    signature=Signature(departs=("*/moving_variance:constant",)),
    api="tf.train.ExponentialMovingAverage",
)

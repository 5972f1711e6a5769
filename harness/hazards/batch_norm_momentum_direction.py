"""Batch norm's momentum read the other way round."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_momentum_direction",
    title="Batch norm's momentum is the new value's share",
    differs="momentum is what a new batch gets, not what the old average keeps.",
    versions="PyTorch against TensorFlow and Keras.",
    shows="While the schedule is at 0.5 nothing; later, evaluation jumps from batch to batch.",
    mends="Pass 1 - momentum.",
    mutation=Mutation(
        "layers/batch_norm.py",
        "momentum * moving + (1 - momentum) * batch",
        "(1 - momentum) * moving + momentum * batch",
    ),
    model="pointnet_cls_basic",
    rung="state",
    place="conv1/bn/moving_mean",
    signature=Signature(departs=("state/009/*",), gain=(2.99, 3.01)),
    api="tf.train.ExponentialMovingAverage",
)

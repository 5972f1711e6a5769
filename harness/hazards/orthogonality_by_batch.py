"""The orthogonality term divided by the batch size."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="orthogonality_by_batch",
    title="The orthogonality term is divided by the batch size",
    differs="Keras divides an activity regulariser by the batch; the original sums over it.",
    versions="Keras' activity_regularizer.",
    shows="The feature transform strays from orthogonal; the loss looks lower than it was.",
    mends="add_loss with the sum over the batch.",
    mutation=Mutation(
        "layers/orthogonality.py",
        "ops.sum(ops.square(residual)) / 2",
        "ops.sum(ops.square(residual)) / 2 / ops.cast(ops.shape(x)[0], x.dtype)",
    ),
    model="pointnet_cls",
    rung="loss",
    place="loss term orthogonality",
    signature=Signature(departs=("*/terms/*orthogonality",), gain=(0.1249, 0.1251)),
    api="tf.nn.l2_loss",
)

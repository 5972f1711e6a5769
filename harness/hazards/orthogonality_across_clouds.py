"""An orthogonality term that multiplies the transforms of different clouds."""

from math import inf

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="orthogonality_across_clouds",
    title="The orthogonality term mixes the clouds of a batch",
    differs=(
        "tensordot(A, A, axes=(2, 2)) pairs the rows of all clouds; matmul(A, A^T) those of each."
    ),
    versions="Any: keras.io's example has it.",
    shows=(
        "The term grows with the square of the batch, dominates the loss, and makes transforms "
        "small."
    ),
    mends="matmul with the transpose of the last two axes.",
    mutation=Mutation(
        "layers/orthogonality.py",
        "gram = ops.matmul(x, ops.swapaxes(x, 1, 2))",
        (
            "gram = ops.tensordot(x, x, axes=(2, 2))\n"
            "        gram = ops.reshape(gram, (-1, x.shape[-1], x.shape[-1]))"
        ),
    ),
    model="pointnet_cls",
    rung="loss",
    place="loss term orthogonality",
    signature=Signature(departs=("*/terms/*orthogonality",), gain=(2.1, inf)),
    evidence=("keras.io, Point cloud segmentation with PointNet",),
    api="tf.matmul",
)

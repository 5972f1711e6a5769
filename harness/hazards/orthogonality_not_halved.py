"""The orthogonality term without l2_loss's half."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="orthogonality_not_halved",
    title="A quadratic penalty is not halved",
    differs="sum(x^2) instead of sum(x^2) / 2: Keras' L2 does not halve, tf.nn.l2_loss does.",
    versions="Keras 3 against TensorFlow 1; weight decay is affected likewise.",
    shows="Twice the regularisation: hardly visible in the loss.",
    mends="Halve the factor.",
    mutation=Mutation(
        "layers/orthogonality.py",
        "ops.sum(ops.square(residual)) / 2",
        "ops.sum(ops.square(residual))",
    ),
    model="pointnet_cls",
    rung="loss",
    place="loss term orthogonality",
    signature=Signature(departs=("*/terms/*orthogonality",), gain=(1.999, 2.001)),
    api="tf.nn.l2_loss",
)

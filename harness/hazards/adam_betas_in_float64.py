"""Adam with betas in double precision."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="adam_betas_in_float64",
    title="Adam's betas are not those that TensorFlow 1 had",
    differs=(
        "1 - 0.999 is 0.001; TensorFlow 1 held the beta in float32, and subtracted to "
        "0.00099998713."
    ),
    versions="Keras 3 against TensorFlow 1: Keras subtracts Python floats.",
    shows="Nothing to be seen: the second moment is off by 1.3e-5.",
    mends="Hand over float(numpy.float32(0.999)).",
    mutation=Mutation("optimizers.py", "beta_2=_in_float32(0.999)", "beta_2=0.999"),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="adam: conv1/weights/v",
    signature=Signature(
        departs=("adam/slots/*/v",), agrees=("adam/slots/*/m",), gain=(1.000001, 1.0001)
    ),
    api="tf.train.AdamOptimizer",
)

"""Adam with another second beta."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="adam_beta_swapped",
    title="Adam's second beta is another",
    differs="0.99 instead of 0.999.",
    versions="Any: recipes copied with their constants.",
    shows="Noisier steps; the loss jumps late in training.",
    mends="Adam(beta_2=0.999).",
    mutation=Mutation("optimizers.py", "beta_2=_in_float32(0.999)", "beta_2=_in_float32(0.99)"),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="adam: conv1/weights/v",
    signature=Signature(departs=("adam/slots/*/v",), agrees=("adam/slots/*/m",), gain=(5.0, 20.0)),
    api="tf.train.AdamOptimizer",
)

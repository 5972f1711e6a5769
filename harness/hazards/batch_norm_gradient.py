"""Batch norm whose gradient takes the moments for constants."""

from harness.hazards.hazard import STEP_BY_STEP, Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_gradient",
    title="The gradient does not pass through the batch's moments",
    differs="Mean and variance are treated as constants in the backward pass.",
    versions="Hand-written layers; moments computed outside the tape, or under stop_gradient.",
    shows=(
        "Learns, slower and less stably; biases in front of a batch norm get a gradient, which "
        "they never had."
    ),
    mends="Compute the moments inside the tape.",
    mutation=Mutation(
        "layers/batch_norm.py",
        ("mean, variance = moments(x)\n            self.average"),
        (
            "mean, variance = (ops.stop_gradient(moment) for moment in moments(x))\n"
            "            self.average"
        ),
        also=STEP_BY_STEP,
    ),
    model="pointnet_cls_basic",
    rung="gradients",
    place="fc2/biases",
    signature=Signature(departs=("gradients/*/biases",)),
    api="tf.nn.moments",
)

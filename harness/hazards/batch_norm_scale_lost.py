"""Batch norm that does not scale."""

from math import inf

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_scale_lost",
    title="Batch norm ignores gamma",
    differs="No factor gamma: scale=False, where the original multiplied by it.",
    versions=(
        "tf.contrib.layers.batch_norm and slim default to scale=False; tf.layers and Keras to True."
    ),
    shows="Training from scratch goes nearly as well; old weights fail.",
    mends="scale=True, wherever the checkpoint has a gamma.",
    mutation=Mutation(
        "layers/batch_norm.py", "scale = self.gamma * ops.rsqrt(", "scale = ops.rsqrt("
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="conv1",
    signature=Signature(departs=("activations/*conv*",), relative=(0.05, inf), negative=False),
    api="tf.contrib.layers.batch_norm",
)

"""Batch norm whose epsilon stands outside the root."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_epsilon_outside",
    title="Batch norm's epsilon is added to the deviation, not the variance",
    differs="1 / (sqrt(variance) + epsilon) instead of 1 / sqrt(variance + epsilon).",
    versions="Hand-written layers; no framework's own.",
    shows="Hardly: every channel is scaled about 0.05 % less.",
    mends="rsqrt(variance + epsilon).",
    mutation=Mutation(
        "layers/batch_norm.py",
        "self.gamma * ops.rsqrt(variance + self.epsilon)",
        "self.gamma / (ops.sqrt(variance) + self.epsilon)",
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="conv1",
    signature=Signature(departs=("activations/*",), gain=(0.998, 0.9998), relative=(0.0002, 0.005)),
    api="tf.nn.batch_normalization",
)

"""Glorot's normal distribution where the original had the uniform one."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="glorot_normal",
    title="Kernels start normal, not uniform",
    differs="The same variance, another shape: a truncated normal reaches 1.3 times as far.",
    versions="TensorFlow 1's xavier_initializer is uniform unless told otherwise.",
    shows="Hardly: other curves in the first epochs.",
    mends="kernel_initializer='glorot_uniform'.",
    mutation=Mutation(
        "layers/shared_mlp.py",
        'kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform"',
        'kernel_initializer: str | keras.initializers.Initializer = "glorot_normal"',
    ),
    model="pointnet_cls_basic",
    rung="initialisation",
    place="conv5/weights",
    signature=Signature(
        departs=("*/weights:distribution", "*/weights:limits"),
        agrees=("*conv1/weights:*",),
        gain=(0.9, 1.1),
    ),
    api="tf.contrib.layers.xavier_initializer",
)

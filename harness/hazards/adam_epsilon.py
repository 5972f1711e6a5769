"""Adam with Keras' epsilon."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="adam_epsilon",
    title="Adam's epsilon is ten times as large",
    differs="Keras' default of 1e-7 instead of TensorFlow 1's 1e-8.",
    versions="keras.optimizers.Adam 1e-7; tf.train.AdamOptimizer and PyTorch 1e-8.",
    shows="Parameters with small gradients move less; a slightly different optimum.",
    mends="Adam(epsilon=1e-8).",
    mutation=Mutation("optimizers.py", "_in_float32(1e-8)", "_in_float32(1e-7)"),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="adam: conv1/weights",
    signature=Signature(departs=("adam/parameters/*",), agrees=("adam/slots/*",), gain=(0.3, 0.99)),
    evidence=("API documentation: tf.compat.v1.train.AdamOptimizer, keras.optimizers.Adam",),
    api="tf.train.AdamOptimizer",
)

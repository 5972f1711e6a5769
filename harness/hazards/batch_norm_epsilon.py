"""Batch norm with another epsilon."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_epsilon",
    title="Batch norm's epsilon is another",
    differs="1.1e-3 instead of the original's 1e-3; frameworks' defaults run from 1e-5 to 1e-3.",
    versions="PyTorch 1e-5; Keras, and TensorFlow 1's layers, 1e-3.",
    shows=("Hardly: channels of small variance are scaled a little less, in training and after."),
    mends="Pass the original's epsilon; never rely on a default.",
    mutation=Mutation("layers/batch_norm.py", "epsilon: float = 1e-3", "epsilon: float = 1.1e-3"),
    model="pointnet_cls_basic",
    rung="inference",
    place="conv1",
    signature=Signature(
        departs=("activations/*",), gain=(0.9998, 1.0002), relative=(1e-06, 0.0002)
    ),
    api="tf.nn.batch_normalization",
)

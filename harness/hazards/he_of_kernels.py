"""He's initialiser where the original had Glorot's."""

from math import inf

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="he_of_kernels",
    title="Kernels start from He's distribution",
    differs=(
        "Variance 2 / fan in instead of 2 / (fan in + fan out), and normal instead of uniform."
    ),
    versions=(
        "PyTorch's linear layers follow Kaiming He; Keras and TensorFlow 1 default to Glorot."
    ),
    shows=("Larger first activations and other curves in the first epochs; the same end, mostly."),
    mends="kernel_initializer='glorot_uniform'.",
    mutation=Mutation(
        "layers/shared_mlp.py",
        'kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform"',
        'kernel_initializer: str | keras.initializers.Initializer = "he_normal"',
    ),
    model="pointnet_cls_basic",
    rung="initialisation",
    place="conv5/weights",
    signature=Signature(
        departs=("*/weights:distribution", "*/weights:limits"),
        agrees=("*conv1/weights:*",),
        gain=(1.1, inf),
    ),
    api="tf.contrib.layers.xavier_initializer",
)

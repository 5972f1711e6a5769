"""A T-Net's last kernel that starts at random."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="transform_random_start",
    title="A T-Net does not start as the identity",
    differs="The last kernel has Keras' default instead of zeros.",
    versions="Keras' Dense defaults to glorot_uniform; the original asked for a constant.",
    shows=("The first transforms are arbitrary; training starts slower and may settle elsewhere."),
    mends="kernel_initializer='zeros' for the last layer.",
    mutation=Mutation(
        "layers/t_net.py", 'kernel_initializer="zeros"', 'kernel_initializer="glorot_uniform"'
    ),
    model="pointnet_cls",
    rung="initialisation",
    place="transform_net1/transform_XYZ/weights",
    signature=Signature(departs=("*/transform_*/weights:constant",)),
    api="tf.constant_initializer",
)

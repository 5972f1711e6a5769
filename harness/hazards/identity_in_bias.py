"""A T-Net that stores the identity in its bias."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="identity_in_bias",
    title="A T-Net keeps the identity in its bias",
    differs=(
        "The stored bias is the matrix itself; the original's is the offset from the identity."
    ),
    versions="Any: keras.io's example does it, the TensorFlow 1 networks do not.",
    shows="Nothing in training from scratch. Old weights give a transform near zero.",
    mends="Store the offset, add the identity in the forward pass.",
    mutation=Mutation(
        "layers/t_net.py",
        'bias_initializer="zeros"',
        "bias_initializer=FlatIdentity()",
        also=Mutation(
            "layers/t_net.py",
            "transform = offset + ops.eye(self.size, dtype=offset.dtype)",
            "transform = offset",
            also=Mutation(
                "layers/t_net.py",
                "from tf2_native.layers.batch_norm import Momentum\n",
                (
                    "from tf2_native.layers.batch_norm import Momentum\n"
                    "from tf2_native.layers.initializers import FlatIdentity\n"
                ),
            ),
        ),
    ),
    model="pointnet_cls",
    rung="initialisation",
    place="transform_net1/transform_XYZ/biases",
    signature=Signature(departs=("*/transform_*/biases:constant",)),
    evidence=("keras.io, Point cloud segmentation with PointNet",),
)

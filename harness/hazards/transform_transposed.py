"""A T-Net's matrix applied from the wrong side."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="transform_transposed",
    title="A T-Net's matrix is transposed",
    differs="points @ A^T instead of points @ A.",
    versions="Any.",
    shows="Nothing in training from scratch, which learns the transpose; old weights fail.",
    mends="Multiply on the left, as the original does.",
    mutation=Mutation(
        "models/backbone.py",
        "keras.ops.matmul(x, _input_transform(x, trunk.input_transform, options))",
        (
            "keras.ops.matmul(\n"
            "            x, keras.ops.swapaxes(_input_transform(x, "
            "trunk.input_transform, options), 1, 2)\n"
            "        )"
        ),
    ),
    model="pointnet_cls",
    rung="inference",
    place="points multiplied by the matrix of transform_net1",
    signature=Signature(
        departs=("entries/conv1",), agrees=("entries/transform_net1/*",), gain=(0.5, 1.5)
    ),
    api="tf.matmul",
)

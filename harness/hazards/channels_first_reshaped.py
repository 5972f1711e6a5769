"""Clouds stored channels first, and reshaped instead of transposed."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="channels_first_reshaped",
    title="Channels first is reshaped, not transposed",
    differs=("B x 3 x N becomes B x N x 3 by a reshape: points are made of other points' numbers."),
    versions="Any: data_format='channels_first', PyTorch's files.",
    shows=(
        "Learns something all the same, worse: the points of a cloud are scrambled in the same way."
    ),
    mends="Transpose the axes.",
    mutation=Mutation(
        "models/backbone.py",
        "    x = points\n",
        (
            "    x = keras.layers.Lambda(\n"
            "        lambda p: keras.ops.reshape(keras.ops.swapaxes(p, 1, 2), "
            "keras.ops.shape(p)),\n"
            "        output_shape=tuple(points.shape[1:]),\n"
            "    )(points)\n"
        ),
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="conv1",
    signature=Signature(
        departs=("entries/conv1", "entries/transform_net1/tconv1"), gain=(-0.9, 0.9)
    ),
    api="tf.nn.conv2d",
)

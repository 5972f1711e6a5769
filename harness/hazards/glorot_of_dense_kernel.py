"""The Glorot limit of a dense kernel where the original had an image kernel."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="glorot_of_dense_kernel",
    title="The first kernel has the Glorot limit of a 1-D kernel",
    differs=("sqrt(6/67) for [3, 64] instead of sqrt(6/195) for [1, 3, 1, 64]: 1.7 times as wide."),
    versions="Any two, where a convolution over an image becomes a dense layer.",
    shows="Another start: other curves in the first epochs, seed for seed.",
    mends="Count the fans of the original's kernel.",
    mutation=Mutation("layers/initializers.py", "(1, channels, 1, units), dtype", "shape, dtype"),
    model="pointnet_cls_basic",
    rung="initialisation",
    place="conv1/weights",
    signature=Signature(
        departs=("*conv1/weights:distribution", "*conv1/weights:limits"), agrees=("*fc1/weights:*",)
    ),
    api="tf.contrib.layers.xavier_initializer",
)

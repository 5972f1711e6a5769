"""Batch norm whose gamma and beta do not learn."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_frozen",
    title="Batch norm is frozen",
    differs="Gamma and beta are not trainable; in the original they are.",
    versions="Keras layers with trainable=False, set for the sake of the moving statistics.",
    shows="Learns, a little slower; gamma stays one and beta zero.",
    mends="Leave the layer trainable, and hand training=False where the statistics are to stay.",
    mutation=Mutation(
        "layers/batch_norm.py",
        'self._add_weight(shape, "ones", "gamma", trainable=True)',
        'self._add_weight(shape, "ones", "gamma", trainable=False)',
        also=Mutation(
            "layers/batch_norm.py",
            'self._add_weight(shape, "zeros", "beta", trainable=True)',
            'self._add_weight(shape, "zeros", "beta", trainable=False)',
        ),
    ),
    model="pointnet_cls_basic",
    rung="structure",
    place="conv1/bn/beta",
    signature=Signature(
        departs=("*/beta", "*/gamma"), agrees=("*/weights", "*/biases", "*/moving_*")
    ),
    api="tf.layers.batch_normalization",
)

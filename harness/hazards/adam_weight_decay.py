"""AdamW in the place of Adam."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="adam_weight_decay",
    title="The optimiser decays weights that were never decayed",
    differs=(
        "AdamW's default of 0.004, taken off the weights at every step; the original's L2 was a"
        " term of the loss, and zero."
    ),
    versions="keras.optimizers.AdamW; PyTorch's weight_decay.",
    shows="Slightly smaller weights; more regularisation than the original had.",
    mends="Adam, or weight_decay=0; L2 in the loss is not the same.",
    mutation=Mutation(
        "optimizers.py", "return keras.optimizers.Adam(", "return keras.optimizers.AdamW("
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="adam: conv1/weights",
    signature=Signature(
        departs=("adam/parameters/*",),
        agrees=("adam/slots/*",),
        gain=(0.999, 1.001),
        relative=(1e-07, 0.0001),
    ),
    api="tf.train.AdamOptimizer",
)

"""A moving variance with Bessel's correction."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="batch_norm_unbiased_variance",
    title="The moving variance is the unbiased one",
    differs=(
        "n / (n - 1) times the batch's variance is averaged; the original averaged the biased one."
    ),
    versions="Fused batch norm of TensorFlow, tf_keras on 4-D inputs, and PyTorch; not Keras 3.",
    shows="Nothing in training; evaluation differs where a batch has few points.",
    mends="Average the biased variance.",
    mutation=Mutation(
        "layers/shared_mlp.py",
        "bn.average(mean, variance)",
        (
            "count = ops.cast(ops.size(y) // y.shape[-1], variance.dtype)\n"
            "        bn.average(mean, variance * count / (count - 1))"
        ),
    ),
    model="pointnet_cls_basic",
    rung="state",
    place="conv1/bn/moving_variance",
    signature=Signature(departs=("state/001/*moving_variance",), agrees=("*moving_mean",)),
    api="tf.nn.moments",
)

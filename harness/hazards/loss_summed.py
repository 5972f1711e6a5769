"""A loss that is summed over the batch."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="loss_summed",
    title="The loss is summed, not averaged",
    differs="reduction='sum': the batch size times the mean.",
    versions=(
        "Keras' losses average; custom loops under a distribution strategy have to sum, and "
        "divide themselves."
    ),
    shows=(
        "Adam hides it but for its epsilon; any other optimiser trains at a rate too large by "
        "the batch size."
    ),
    mends="reduction='sum_over_batch_size'.",
    mutation=Mutation(
        "recipes.py",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        (
            "keras.losses.SparseCategoricalCrossentropy(\n"
            '            from_logits=True, reduction="sum"\n'
            "        )"
        ),
    ),
    model="pointnet_cls_basic",
    rung="loss",
    place="loss term cross_entropy",
    signature=Signature(departs=("*/terms/cross_entropy", "*/terms/parts"), gain=(7.99, 8.01)),
    api="tf.reduce_mean",
)

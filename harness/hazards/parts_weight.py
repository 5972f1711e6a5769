"""A loss of two outputs whose weights do not sum to one."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="parts_weight",
    title="A head's loss weight is lost",
    differs="The category's term counts 1 instead of 1 - the weight of the parts.",
    versions="Keras: loss_weights defaults to 1 for every output.",
    shows="The side task takes over: categories are learnt first, parts later.",
    mends="loss_weights for every output.",
    mutation=Mutation(
        "recipes.py", '"category_logits": 1 - recipe.parts_weight', '"category_logits": 1.0'
    ),
    model="part_seg",
    rung="loss",
    place="loss term category",
    signature=Signature(departs=("*/terms/category",)),
)

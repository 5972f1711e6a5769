"""A category's one-hot vector that counts from one."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="category_off_by_one",
    title="The category's one-hot vector is off by one",
    differs="Category c sets entry c - 1; category 0 sets none, and no error is raised.",
    versions="Any: tf.one_hot gives zeros for what is out of range.",
    shows="Trains as well as ever, for the shift is learnt; old weights mistake the category.",
    mends="Count from zero, as the labels do.",
    mutation=Mutation(
        "models/part_segmenter.py",
        "keras.ops.one_hot(category, NUM_CATEGORIES",
        "keras.ops.one_hot(category - 1, NUM_CATEGORIES",
    ),
    model="part_seg",
    rung="inference",
    place="global feature, category and all features of a point, side by side",
    signature=Signature(departs=("entries/seg/conv1",)),
    api="tf.one_hot",
)

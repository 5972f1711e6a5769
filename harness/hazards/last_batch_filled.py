"""The last batch of a file filled up instead of dropped."""

from math import inf

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="last_batch_filled",
    title="The batch that a file cannot fill is kept",
    differs="It is filled up from the file's first clouds; the original dropped it.",
    versions="tf.data keeps the remainder by default; repeat before batch fills it.",
    shows="Some clouds count twice; steps an epoch, and so stairs of schedules, shift.",
    mends="drop_remainder=True, file by file.",
    mutation=Mutation(
        "data/batches.py",
        "stop = len(order) - batch_size + 1 if drop_remainder else len(order)",
        (
            "if rng is not None:\n"
            "            order = np.resize(order, -(-len(order) // batch_size) * batch_size)\n"
            "        stop = len(order) - batch_size + 1 if drop_remainder else len(order)"
        ),
    ),
    model="pointnet_seg",
    rung="pipeline",
    place="batches: points",
    signature=Signature(departs=("epoch/points",), relative=(inf, inf)),
)

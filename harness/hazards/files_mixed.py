"""Batches that cross from one file into the next."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="files_mixed",
    title="Clouds of several files share a batch",
    differs=(
        "What a file cannot fill goes into the first batch of the next; the original dropped it."
    ),
    versions=("tf.data batches one stream; the original's loop started anew with every file."),
    shows="Nothing, or slightly better; recorded batches no longer reproduce.",
    mends="Batch each file by itself, and drop its remainder.",
    mutation=Mutation(
        "data/batches.py",
        "    for index in _order(len(split.files), rng):\n",
        "    carried = None\n    for index in _order(len(split.files), rng):\n",
        also=Mutation(
            "data/batches.py",
            "        stop = len(order) - batch_size + 1",
            (
                "        clouds, order = _behind(carried, clouds, order)\n"
                "        carried = clouds[order[len(order) // batch_size * batch_size :]]\n"
                "        stop = len(order) - batch_size + 1"
            ),
            also=Mutation(
                "data/batches.py",
                "def _order(count",
                (
                    "def _behind(carried: Any, clouds: Any, order: Any) -> Any:\n"
                    "    if carried is None:\n"
                    "        return clouds, order\n"
                    "    clouds = clouds[order]\n"
                    "    points = np.concatenate([carried.points, clouds.points])\n"
                    "    labels = np.concatenate([carried.labels, clouds.labels])\n"
                    "    return Clouds(points, labels), np.arange(len(points))\n"
                    "\n"
                    "\n"
                    "def _order(count"
                ),
            ),
        ),
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="batches: points",
    signature=Signature(
        departs=("epoch/points",),
        along=("metrics/points",),
        agrees=("augment/*",),
        share=(0.0, 0.6),
    ),
)

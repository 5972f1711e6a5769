"""Moving variance that starts at one."""

from harness.hazards.hazard import Hazard, Mutation

HAZARD = Hazard(
    key="moving_variance_start",
    title="The moving variance starts at one",
    differs="TF1's moving average of a tensor starts at zero, the variance too; Keras' at one.",
    shows="Evaluation in the first epochs differs; with a high momentum, for many epochs.",
    mends="moving_variance_initializer='zeros'.",
    mutation=Mutation(
        "layers/batch_norm.py",
        'self._add_statistic(shape, "moving_variance")',
        'self.add_weight(\n            shape=shape, initializer="ones", trainable=False, '
        'name="moving_variance"\n        )',
    ),
    model="pointnet_cls_basic",
    rung="initialisation",
    place="conv1/bn/moving_variance",
)

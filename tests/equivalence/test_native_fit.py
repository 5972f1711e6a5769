"""What the harness compares is what `fit` does: its step is the Keras trainer's."""

import dataclasses

import keras
import numpy as np
import pytest

import tf2_native
from harness.cases import Case
from harness.workers.keras_network import KerasNetwork
from harness.workers.keras_steps import steps_for


@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_a_step_is_that_of_train_on_batch(optimizer: str, cases: dict[str, Case]) -> None:
    case = cases["pointnet_cls_basic"]
    network = dataclasses.asdict(case.model)
    recipe = dataclasses.replace(
        tf2_native.RECIPES[case.model.key], batch_size=8, decay_clouds=8, optimizer=optimizer
    )

    def built() -> KerasNetwork:
        instance = KerasNetwork(tf2_native, network, recipe, recipe.bn_momentum_schedule())
        instance.assign(case.weights)
        for dropout in case.model.dropouts:
            instance.model.get_layer(dropout.name).rate = 0.0
        return instance

    ours, keras_own = built(), built()
    steps = steps_for(ours, "random")
    points, labels = case.batch["points"], case.batch["labels"]
    for _ in range(2):
        found = steps.train(points, labels, {})
        loss = keras_own.model.train_on_batch(points, labels, return_dict=True)["loss"]
    expected = keras_own.values()
    assert found["loss"] == pytest.approx(loss, rel=0.2)  # Keras reports a mean over steps
    for name, value in ours.values().items():
        np.testing.assert_allclose(value, expected[name], rtol=0, atol=3e-7, err_msg=name)
    assert int(keras.ops.convert_to_numpy(ours.model.optimizer.iterations)) == 2

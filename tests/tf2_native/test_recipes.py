"""The published settings."""

from dataclasses import FrozenInstanceError, replace

import keras
import pytest

from tf2_native import MODELS, RECIPES, Recipe
from tf2_native.optimizers import Momentum


def test_published_settings():
    assert set(RECIPES) == set(MODELS)
    recipe = RECIPES["pointnet_cls"]
    assert (recipe.batch_size, recipe.num_points, recipe.epochs) == (32, 1024, 250)
    schedule = recipe.learning_rate_schedule().get_config()
    assert schedule == {
        "base": 0.001,
        "batch_size": 32,
        "decay_clouds": 200_000,
        "decay_rate": 0.7,
        "floor": 1e-5,
    }


def test_recipes_are_changed_by_replacing():
    recipe = replace(RECIPES["pointnet_cls"], batch_size=8, decay_clouds=80)
    assert recipe.bn_momentum_schedule().get_config()["decay_clouds"] == 80
    assert float(recipe.bn_momentum_schedule()(10)) == 0.75
    with pytest.raises(FrozenInstanceError):
        recipe.batch_size = 4


def test_optimisers_follow_the_schedule():
    recipe = Recipe("pointnet_cls", learning_rate=0.5)
    assert isinstance(recipe.make_optimizer(), keras.optimizers.Adam)
    momentum = replace(recipe, optimizer="momentum", momentum=0.25).make_optimizer()
    assert isinstance(momentum, Momentum)
    assert momentum.momentum == 0.25
    assert float(momentum.learning_rate) == 0.5


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        # 92 batches an epoch were counted; both boundaries lie at the end of the 15th.
        ("shape_seg", {0: 1e-3, 1380: 1e-3, 1381: 2.5e-4, 2760: 2.5e-4, 5519: 2.5e-4}),
        ("shape_seg_corrected", {0: 1e-3, 1395: 1e-3, 1396: 5e-4, 2790: 5e-4, 2791: 2.5e-4}),
    ],
)
def test_rates_of_the_shape_segmenter(name, steps):
    recipe = RECIPES[name]
    assert (recipe.batch_size, recipe.num_points, recipe.epochs) == (32, 1024, 60)
    schedule = recipe.learning_rate_schedule()
    assert {step: float(schedule(step)) for step in steps} == pytest.approx(steps)


def test_rates_of_the_shape_segmenter_are_as_precise_as_the_rest():
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        rate = RECIPES["shape_seg"].learning_rate_schedule()(0)
    finally:
        keras.config.set_floatx(before)
    assert float(rate) == 0.001


def test_shape_segmenter_has_the_optimiser_of_keras():
    optimizer = RECIPES["shape_seg"].make_optimizer()
    assert (optimizer.epsilon, optimizer.beta_2) == (1e-7, 0.999)
    assert isinstance(
        replace(RECIPES["shape_seg"], optimizer="momentum").make_optimizer(), Momentum
    )
    assert RECIPES["shape_seg"].bn_momentum_schedule() == 0
    assert RECIPES["shape_seg_corrected"].bn_momentum_schedule() == 0.99

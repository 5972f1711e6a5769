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

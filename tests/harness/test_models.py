"""The catalogue: counts and shapes of the published networks."""

from __future__ import annotations

from math import prod

import pytest

from harness.models import MODELS, MOVING_STATISTICS, Model

every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def shapes(model: str) -> dict[str, tuple[int, ...]]:
    return {p.name: p.shape for p in MODELS[model].parameters}


@pytest.mark.parametrize(
    ("model", "trainable", "statistics"),
    [
        ("pointnet_cls", 3_480_049, 12_160),
        ("pointnet_cls_basic", 819_624, 4_224),
        ("pointnet_seg", 3_558_907, 12_672),
        ("part_seg", 8_574_923, 15_104),
        ("sem_seg", 1_174_669, 4_992),
    ],
)
def test_parameters_are_as_many_as_published(model: str, trainable: int, statistics: int) -> None:
    assert MODELS[model].trainable_count == trainable
    fixed = [p for p in MODELS[model].parameters if not p.trainable]
    assert sum(prod(p.shape) for p in fixed) == statistics
    assert {p.name.rsplit("/", 1)[1] for p in fixed} == set(MOVING_STATISTICS)


@every_model
def test_names_are_unique(model: Model) -> None:
    names = [p.name for p in model.parameters]
    assert len(set(names)) == len(names)


def test_the_first_kernels_see_a_cloud_as_an_image() -> None:
    assert shapes("pointnet_cls")["transform_net1/tconv1/weights"] == (1, 3, 1, 64)
    assert shapes("pointnet_cls")["conv1/weights"] == (1, 3, 1, 64)
    assert shapes("pointnet_cls_basic")["conv1/weights"] == (1, 3, 1, 64)


def test_t_nets_end_in_square_matrices_without_batch_norm() -> None:
    cls = shapes("pointnet_cls")
    assert cls["transform_net1/transform_XYZ/weights"] == (256, 9)
    assert cls["transform_net2/transform_feat/weights"] == (256, 4096)
    assert not [name for name in cls if "transform_XYZ/bn" in name or "transform_feat/bn" in name]


@every_model
def test_layers_follow_one_another(model: Model) -> None:
    """Every layer takes what the one before gives, but where something is put in between."""
    for one, other in zip(model.layers, model.layers[1:], strict=False):
        if not other.entry and "transform_net" not in other.name:
            taken = other.kernel[:-1] or other.kernel  # a batch norm takes what it gives
            assert prod(taken) == one.kernel[-1]


@every_model
def test_what_a_model_names_is_among_its_layers(model: Model) -> None:
    names = {layer.name for layer in model.layers}
    assert set(model.symmetric) <= names
    for dropout in model.dropouts:
        fed = [layer for layer in model.layers if layer.entry == f"dropout {dropout.name}"]
        assert [layer.kernel[-2] for layer in fed] == [dropout.width]


def test_an_entry_says_what_feeds_a_layer() -> None:
    assert MODELS["pointnet_cls"].entry("fc1") == "max over points"
    assert MODELS["pointnet_cls"].entry("conv2") == ""

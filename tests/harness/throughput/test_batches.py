"""Batches follow the catalogue, networks that it does not have yet included."""

from __future__ import annotations

from dataclasses import replace

from harness.models import MODELS, Layer, Model
from harness.throughput.batches import draw_batch
from harness.throughput.counts import forward_flops

CLS = MODELS["pointnet_cls_basic"]


def segmenting(**changes: object) -> Model:
    layers = (
        Layer("conv1", (1, 9, 1, 8)),
        Layer("fc1", (8, 4)),
        Layer("conv2", (1, 1, 4, 13), batch_norm=False),
    )
    return replace(CLS, layers=layers, num_classes=13, channels=9, per_point=True, **changes)


def test_a_classifier_takes_three_coordinates_and_a_label_a_cloud() -> None:
    batch = draw_batch(CLS, 4, 16)
    assert batch["points"].shape == (4, 16, 3)
    assert batch["labels"].shape == (4,)
    assert "category" not in batch
    assert batch["labels"].max() < CLS.num_classes


def test_a_segmenter_takes_its_channels_and_a_label_a_point() -> None:
    batch = draw_batch(segmenting(), 2, 16)
    assert batch["points"].shape == (2, 16, 9)
    assert batch["labels"].shape == (2, 16)
    assert 0 <= batch["labels"].min() <= batch["labels"].max() < 13


def test_a_network_that_tells_categories_is_given_one() -> None:
    batch = draw_batch(segmenting(num_categories=16), 2, 16)
    assert batch["category"].shape == (2,)


def test_layers_of_a_segmenter_go_by_point_or_by_cloud() -> None:
    assert forward_flops(segmenting(), 2, 16) == 2 * (2 * 16 * (9 * 8 + 4 * 13) + 2 * 8 * 4)

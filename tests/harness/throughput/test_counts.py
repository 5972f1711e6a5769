"""Operations and bytes against counts made by hand."""

from __future__ import annotations

from math import prod

import pytest

from harness.models import MODELS
from harness.throughput.counts import forward_flops, step_bytes, step_flops

# Multiplications a point, layer by layer, and the two transforms.
T_NET_3 = 3 * 64 + 64 * 128 + 128 * 1024
T_NET_64 = 64 * 64 + 64 * 128 + 128 * 1024
TRUNK = 3 * 64 + 64 * 64 + 64 * 64 + 64 * 128 + 128 * 1024
TRANSFORMS = 3 * 3 + 64 * 64
# Multiplications a cloud.
HEAD = 1024 * 512 + 512 * 256 + 256 * 40
T_NET_HEADS = 2 * (1024 * 512 + 512 * 256) + 256 * 9 + 256 * 4096


def test_pointnet_cls_by_hand() -> None:
    by_hand = 2 * (1024 * (T_NET_3 + T_NET_64 + TRUNK + TRANSFORMS) + HEAD + T_NET_HEADS)
    assert forward_flops(MODELS["pointnet_cls"], 1, 1024) == by_hand
    assert by_hand == pytest.approx(0.89e9, rel=0.01)


def test_pointnet_cls_basic_by_hand() -> None:
    by_hand = 2 * (32 * 1024 * (TRUNK) + 32 * HEAD)
    assert forward_flops(MODELS["pointnet_cls_basic"], 32, 1024) == by_hand


def test_a_training_step_is_three_forward_passes() -> None:
    model = MODELS["pointnet_cls"]
    assert step_flops(model, "training", 4, 64) == 3 * step_flops(model, "inference", 4, 64)


def test_bytes_are_parameters_and_batch() -> None:
    model = MODELS["pointnet_cls_basic"]
    parameters = sum(prod(p.shape) for p in model.parameters)
    assert step_bytes(model, "inference", 2, 16) == 4 * (parameters + 2 * 16 * 3)
    assert step_bytes(model, "training", 2, 16) == 4 * (9 * parameters + 2 * 16 * 3)

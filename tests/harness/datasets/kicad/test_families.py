"""Families hold what is near-identical, by name or by shape, and are split whole."""

from __future__ import annotations

import numpy as np
import pytest

from harness.datasets.kicad.families import (
    descriptor,
    families,
    name_family,
    needed_for_parts,
    split_families,
)
from harness.datasets.meshes import Mesh, box, joined


def test_one_more_pin_is_the_same_family() -> None:
    assert name_family("PinHeader_1x02_P2.54mm_Vertical") == "PinHeader_#x#_P#mm_Vertical"
    assert name_family("PinHeader_1x40_P1.00mm_Vertical") == "PinHeader_#x#_P#mm_Vertical"
    assert name_family("MSTBA_2,5_10-G-5,08") == name_family("MSTBA_2,5_11-G-5,08")
    assert name_family("PinHeader_1x02_P2.54mm_Horizontal") != "PinHeader_#x#_P#mm_Vertical"


def test_the_descriptor_knows_neither_size_nor_place_nor_mirroring() -> None:
    mesh = joined(box(1, 2, 3), box(0.5, 0.5, 0.5).moved(x=1.5, z=0.4))
    expected = descriptor(mesh)
    assert expected.shape == (12,)
    np.testing.assert_allclose(descriptor(Mesh(7 * mesh.corners + 3, mesh.parts)), expected)
    mirrored = Mesh(mesh.corners * [-1, 1, 1], mesh.parts)
    np.testing.assert_allclose(descriptor(mirrored), expected, atol=1e-12)
    stretched = Mesh(mesh.corners * [1.1, 1, 1], mesh.parts)
    assert np.abs(descriptor(stretched) - expected).max() > 0.01


def test_the_moments_are_those_of_the_surface() -> None:
    # A unit cube's surface: variance along an axis is (2 * 1/4 + 4 * 1/12) / 6 = 5/36.
    found = descriptor(box(1, 1, 1))
    np.testing.assert_allclose(found[[0, 3, 5]], np.sqrt(1 / 3))
    np.testing.assert_allclose(found[6:], 0.5 / np.sqrt(3 * 5 / 36))


def shapes(*values: float) -> np.ndarray:
    """Descriptors that differ in one entry."""
    return np.repeat(np.array(values)[:, None], 12, axis=1)


def test_families_that_share_a_twin_are_joined() -> None:
    names = ["A_1", "A_2", "B_1", "B_2", "C_1", "D_1", "E_1"]
    apart = families(names, shapes(1, 2, 3, 4, 5, 6, 7))
    assert apart.tolist() == [0, 0, 1, 1, 2, 3, 4]
    twins = families(names, shapes(1, 2, 2.005, 4, 5, 6, 7))
    assert len(set(twins[:4])) == 1
    assert len(set(twins)) == 4


def test_a_family_that_is_nearly_all_is_broken_up_by_shape() -> None:
    names = [f"RV_Disc_D{i}mm" for i in range(6)]
    found = families(names, shapes(1, 1.015, 1.03, 2, 2.01, 5))
    assert found[0] == found[1] == found[2] != found[3]
    assert found[3] == found[4] != found[5]


@pytest.mark.parametrize("seed", range(5))
def test_families_are_split_whole_and_near_the_share(seed: int) -> None:
    family = np.repeat(np.arange(8), [30, 25, 20, 10, 5, 5, 3, 2])
    test = split_families(family, 0.2, np.random.default_rng(seed))
    for number in range(8):
        assert len(set(test[family == number])) == 1
    assert test.sum() == 20


def test_one_family_is_not_split_and_of_two_one_stays() -> None:
    random = np.random.default_rng(0)
    assert not split_families(np.zeros(9, int), 0.2, random).any()
    assert split_families(np.array([0, 0, 0, 1]), 0.9, random).tolist() == [True] * 3 + [False]


def test_every_part_stays_in_training() -> None:
    family = np.array([0, 0, 0, 1, 1, 2])
    parts = [frozenset(found) for found in ({0}, {0}, {0}, {0, 1}, {0, 1}, {0, 2})]
    kept = needed_for_parts(family, parts)
    assert kept == {0, 1, 2}
    assert not split_families(family, 0.2, np.random.default_rng(0), kept).any()
    assert needed_for_parts(family, [frozenset()] * 6) == frozenset()

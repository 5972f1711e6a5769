"""Families of near-identical models, and a split that keeps each family on one side.

A CAD library is a set of series: the same header with two pins, three, four, up to forty. Split
model by model, the test set would be known from training. So models of a category are put into
families, and families are split:

1. By name: names that differ in numbers alone (pins, millimetres, order codes) are one family.
2. By shape: families that share twins, two models whose shape descriptors differ by less than 1 %
   in every entry, are joined. This catches copies and mirror images under other names.
3. Where that leaves a family with more than two thirds of its category, as with the varistors,
   which are one series, the family is broken up by shape alone: models linked by a chain of twins,
   now to within 2 %, stay together.

Each category is then split by whole families, as near to the shares asked for as their sizes allow,
with enough of them kept for training that every part is seen there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.datasets.meshes import Mesh

Floats = npt.NDArray[np.float64]

JOINING = 0.01
BREAKING = 0.02
LARGEST_SHARE = 2 / 3


def name_family(name: str) -> str:
    """A model's name with every number, whole or decimal, blotted out."""
    return re.sub(r"\d+(?:[.,]\d+)?", "#", name)


def descriptor(mesh: Mesh) -> Floats:
    """The shape of a surface in twelve numbers that neither size nor place nor mirroring changes.

    Second moments of the surface (roots of the three variances, and of the sizes of the three
    covariances) and how far it reaches from its centre along each axis, the nearer side first; all
    in units of its overall spread. Exact, from the triangles: nothing is sampled.

    Returns:
        float64, 12.
    """
    corners = mesh.corners
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    weights = np.linalg.norm(cross, axis=-1)
    weights /= weights.sum()
    centred = corners - np.einsum("f,fcd->d", weights, corners) / 3
    # Over a triangle, x x^T integrates to its area / 12 times (the sum of c c^T over its corners,
    # plus s s^T with s their sum).
    sums = centred.sum(axis=1)
    flat = centred.reshape(-1, 3)
    moments = (np.repeat(weights, 3)[:, None] * flat).T @ flat + (weights[:, None] * sums).T @ sums
    moments /= 12
    spread = np.sqrt(np.trace(moments))
    reach = np.sort(np.stack([-flat.min(axis=0), flat.max(axis=0)]), axis=0)
    upper = np.abs(moments[np.triu_indices(3)])
    return np.concatenate([np.sqrt(upper), reach.ravel()]) / spread


def families(names: Sequence[str], descriptors: Floats) -> npt.NDArray[np.intp]:
    """The family of each model of one category, by the rule above.

    Arguments:
        names: n.
        descriptors: float64, n x 12.

    Returns:
        int, n: equal within a family.
    """
    _, by_name = np.unique([name_family(name) for name in names], return_inverse=True)
    family = _linked(by_name, descriptors, JOINING)
    for number, count in enumerate(np.bincount(family)):
        if count > LARGEST_SHARE * len(names):
            members = np.flatnonzero(family == number)
            apart = _linked(np.arange(len(members)), descriptors[members], BREAKING)
            family[members] = family.max() + 1 + apart
    return np.unique(family, return_inverse=True)[1]


def needed_for_parts(
    family: npt.NDArray[np.intp], parts: Sequence[frozenset[int]]
) -> frozenset[int]:
    """Families that between them show every part: for each in turn, the one that shows it most.

    Arguments:
        family: int, n.
        parts: n; the parts that each model shows.
    """
    needed: set[int] = set()
    for part in sorted(frozenset().union(*parts)):
        shown = np.bincount(family, weights=[part in found for found in parts])
        if not any(shown[number] for number in needed):
            needed.add(int(shown.argmax()))
    return frozenset(needed)


def split_families(
    family: npt.NDArray[np.intp],
    share: float,
    random: np.random.Generator,
    kept: frozenset[int] = frozenset(),
) -> npt.NDArray[np.bool_]:
    """Chooses whole families that hold a share of the models, as nearly as can be.

    Arguments:
        family: int, n.
        share: of the models; at least one family is chosen and one left, if there are two.
        random: settles which of the ways to come nearest it is.
        kept: families that are not to be chosen.

    Returns:
        bool, n: whether a model is in a chosen family.
    """
    sizes = np.bincount(family)
    # Every total that can be had, with the families that make it.
    reachable: dict[int, tuple[int, ...]] = {0: ()}
    for number in random.permutation(len(sizes)).tolist():
        if number in kept:
            continue
        for total, chosen in list(reachable.items()):
            reachable.setdefault(total + int(sizes[number]), (*chosen, number))
    totals = [total for total in reachable if 0 < total < len(family)]
    if not totals:
        return np.zeros(len(family), dtype=bool)
    nearest = min(totals, key=lambda total: abs(total - share * len(family)))
    return np.isin(family, reachable[nearest])


def _linked(groups: npt.NDArray[np.intp], descriptors: Floats, within: float) -> npt.NDArray[Any]:
    """Groups joined wherever a model of one has a twin in another."""
    root = list(range(int(groups.max()) + 1))

    def find(group: int) -> int:
        while root[group] != group:
            group = root[group]
        return group

    for i in range(len(groups) - 1):
        twins = (np.abs(descriptors[i + 1 :] - descriptors[i]) < within).all(axis=1)
        for other in np.unique(groups[i + 1 :][twins]).tolist():
            root[find(other)] = find(int(groups[i]))
    return np.unique([find(int(group)) for group in groups], return_inverse=True)[1]

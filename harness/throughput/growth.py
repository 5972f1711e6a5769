"""How the cost of a step grows with clouds and points, fitted to a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import nnls

from harness.report.measurements import Growth, Record

_LEAST = 4  # settings, for three coefficients


def growth(records: Iterable[Record]) -> tuple[Growth, ...]:
    """A fit for each contender, network, mode and precision that was measured on a grid."""
    groups: dict[tuple[object, ...], list[Record]] = {}
    for record in records:
        key = record.model, record.contender, record.mode, record.precision, record.tf32
        groups.setdefault(key, []).append(record)
    return tuple(_fit(group) for group in groups.values() if _is_grid(group))


def _is_grid(group: Sequence[Record]) -> bool:
    batches, points = {r.batch for r in group}, {r.points for r in group}
    return len(group) >= _LEAST and len(batches) > 1 and len(points) > 1


def _fit(group: Sequence[Record]) -> Growth:
    batch = np.array([r.batch for r in group], np.float64)
    points = np.array([r.points for r in group], np.float64)
    seconds = np.array([r.batch / r.clouds_per_second for r in group])
    fixed, per_cloud, per_point, error = affine(batch, points, seconds)
    batch_exponent, points_exponent = power_law(batch, points, seconds)
    first = group[0]
    return Growth(
        model=first.model,
        contender=first.contender,
        device=first.device,
        mode=first.mode,
        precision=first.precision + (" TF32" if first.tf32 else ""),
        steps=len(group),
        fixed_s=fixed,
        per_cloud_s=per_cloud,
        per_point_s=per_point,
        batch_exponent=batch_exponent,
        points_exponent=points_exponent,
        error=error,
    )


def affine(
    batch: np.ndarray, points: np.ndarray, seconds: np.ndarray
) -> tuple[float, float, float, float]:
    """The costs in seconds = fixed + per_cloud B + per_point B N, none of them negative.

    Returns:
        fixed, per_cloud, per_point, and the median relative error. Relative errors are what is
        made small, so that a step of a millisecond counts as much as one of a minute.
    """
    terms = np.stack([np.ones_like(batch), batch, batch * points], axis=1)
    weighted = terms / seconds[:, None]
    scale = weighted.max(axis=0)  # the columns differ by five orders of magnitude
    costs = nnls(weighted / scale, np.ones_like(seconds))[0] / scale
    error = float(np.median(np.abs(terms @ costs / seconds - 1)))
    fixed, per_cloud, per_point = map(float, costs)
    return fixed, per_cloud, per_point, error


def power_law(batch: np.ndarray, points: np.ndarray, seconds: np.ndarray) -> tuple[float, float]:
    """The exponents in seconds ~ B^b N^n, by least squares of the logarithms."""
    terms = np.stack([np.ones_like(batch), np.log(batch), np.log(points)], axis=1)
    _, b, n = np.linalg.lstsq(terms, np.log(seconds))[0]
    return float(b), float(n)

"""What the tests of the harness share: a case small enough to be cheap."""

from __future__ import annotations

import numpy as np
import pytest

from harness.cases import Case, make_case
from harness.models import MODELS


@pytest.fixture(scope="session")
def tiny_case() -> Case:
    """Two clouds of eight points for the network without T-Nets; not to be changed in place."""
    points = np.random.default_rng(1).standard_normal((2, 8, 3))
    return make_case(MODELS["pointnet_cls_basic"], {"points": points, "labels": np.array([3, 17])})

"""What these tests share: a small room, and text as the raw layout has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.datasets.s3dis import Room


@pytest.fixture
def room() -> Room:
    """2.3 m x 1.7 m, points to the centimetre so that many lie on borders; sparse at one end."""
    random = np.random.default_rng(3)
    cells = random.integers(0, [230, 170, 300], (6000, 3))
    cells = cells[(cells[:, 0] < 140) | (random.random(6000) < 0.02)]
    cells[0], cells[1] = (0, 0, 0), (230, 170, 300)
    colours = random.integers(0, 256, (len(cells), 3)).astype(np.uint8)
    labels = random.integers(0, 13, len(cells)).astype(np.uint8)
    return Room("Area_2_office_1", (cells / 100).astype(np.float32), colours, labels)


@pytest.fixture
def annotate(tmp_path: Path) -> Callable[..., Path]:
    """Writes annotation files: `annotate("Area_1/office_1", chair_1="1 2 3 4 5 6\\n")`."""

    def write(place: str, **files: str) -> Path:
        annotations = tmp_path / "raw" / place / "Annotations"
        annotations.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (annotations / f"{name}.txt").write_bytes(text.encode("latin-1"))
        return annotations.parent

    return write

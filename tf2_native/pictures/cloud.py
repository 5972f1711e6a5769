"""What a picture of a cloud is made from, and the panels that every kind of picture shows."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tf2_native.pictures.palette import RIGHT, WRONG, palette

MOST_POINTS = 20_000  # More than these would hide each other, and make pages heavy.


@dataclass(frozen=True)
class DrawnCloud:
    """A cloud with what is known and guessed about its points.

    Attributes:
        title: said above it.
        points: N x 3.
        class_names: one a label.
        predicted: labels [N].
        truth: labels [N]; None where nobody knows.
        up: the axis that points up.
    """

    title: str
    points: NDArray[Any]
    class_names: tuple[str, ...]
    predicted: NDArray[Any]
    truth: NDArray[Any] | None = None
    up: Literal["y", "z"] = "y"

    def thinned(self) -> "DrawnCloud":
        """The same cloud with evenly chosen points, if it has too many to be drawn."""
        count = len(self.points)
        if count <= MOST_POINTS:
            return self
        rows = np.linspace(0, count - 1, MOST_POINTS).astype(int)
        truth = None if self.truth is None else self.truth[rows]
        return DrawnCloud(
            self.title,
            self.points[rows],
            self.class_names,
            self.predicted[rows],
            truth,
            self.up,
        )

    def upright(self) -> NDArray[Any]:
        """The points with the third axis up, N x 3."""
        return self.points if self.up == "z" else self.points[:, [2, 0, 1]]


@dataclass(frozen=True)
class Group:
    """Points of one colour.

    Attributes:
        name: said in the legend.
        colour: hexadecimal.
        rows: which points, boolean [N].
    """

    name: str
    colour: str
    rows: NDArray[np.bool_]


@dataclass(frozen=True)
class Panel:
    """One view of a cloud."""

    title: str
    groups: tuple[Group, ...]


def panels(cloud: DrawnCloud) -> list[Panel]:
    """Truth, prediction and where they differ; of a cloud of unknown truth the prediction alone.

    A class has the same colour in every panel; classes that occur nowhere have none.
    """
    known = cloud.predicted if cloud.truth is None else np.append(cloud.truth, cloud.predicted)
    present = np.unique(known).tolist()
    colours = dict(zip(present, palette(len(present)), strict=True))

    def by_class(title: str, labels: NDArray[Any]) -> Panel:
        groups = (
            Group(cloud.class_names[label], colours[label], labels == label) for label in present
        )
        return Panel(title, tuple(group for group in groups if group.rows.any()))

    predicted = by_class("prediction", cloud.predicted)
    if cloud.truth is None:
        return [predicted]
    right = cloud.truth == cloud.predicted
    title = f"where they differ: {np.mean(~right):.1%}"
    groups = (Group("right", RIGHT, right), Group("wrong", WRONG, ~right))
    difference = Panel(title, tuple(group for group in groups if group.rows.any()))
    return [by_class("truth", cloud.truth), predicted, difference]

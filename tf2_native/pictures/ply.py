"""Clouds as PLY files, which every 3-D viewer opens."""

from pathlib import Path

import numpy as np
from plyfile import PlyData, PlyElement

from tf2_native.pictures.cloud import DrawnCloud
from tf2_native.pictures.palette import as_rgb, palette


def write_ply(path: Path, cloud: DrawnCloud) -> None:
    """Writes all points, coloured by prediction, with the labels as properties of their own.

    Arguments:
        path: the PLY file.
        cloud: what to write; where its truth is unknown, so is the property `label`.
    """
    fields = [(name, "f4") for name in "xyz"]
    fields += [(name, "u1") for name in ("red", "green", "blue")] + [("predicted", "i4")]
    if cloud.truth is not None:
        fields.append(("label", "i4"))
    vertices = np.empty(len(cloud.points), fields)
    for axis, name in enumerate("xyz"):
        vertices[name] = cloud.points[:, axis]
    colours = np.array([as_rgb(colour) for colour in palette(len(cloud.class_names))], np.uint8)
    for channel, name in enumerate(("red", "green", "blue")):
        vertices[name] = colours[cloud.predicted, channel]
    vertices["predicted"] = cloud.predicted
    if cloud.truth is not None:
        vertices["label"] = cloud.truth
    comments = [f"{label} {name}" for label, name in enumerate(cloud.class_names)]
    PlyData([PlyElement.describe(vertices, "vertex")], comments=comments).write(path)

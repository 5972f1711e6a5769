"""Clouds as PLY files, which every 3-D viewer opens."""

from pathlib import Path

import numpy as np
import trimesh

from tf2_native.pictures.cloud import DrawnCloud
from tf2_native.pictures.palette import as_rgb, palette

_HEADER_END = b"end_header\n"


def write_ply(path: Path, cloud: DrawnCloud) -> None:
    """Writes all points, coloured by prediction, with the labels as properties of their own.

    Arguments:
        path: the PLY file; its comments name the labels.
        cloud: what to write; where its truth is unknown, so is the property `label`.
    """
    colours = np.array([as_rgb(colour) for colour in palette(len(cloud.class_names))], np.uint8)
    labels = {"predicted": cloud.predicted}
    if cloud.truth is not None:
        labels["label"] = cloud.truth
    points = trimesh.Trimesh(
        cloud.points,
        vertex_colors=colours[cloud.predicted],
        vertex_attributes={name: values.astype(np.int32) for name, values in labels.items()},
        process=False,  # Points in the same place are two.
    )
    header, end, body = points.export(file_type="ply").partition(_HEADER_END)
    names = "".join(f"comment {label} {name}\n" for label, name in enumerate(cloud.class_names))
    path.write_bytes(header + names.encode() + end + body)

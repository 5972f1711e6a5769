"""The rules of keras.io's example for which shapes count, and for labels."""

import json

import numpy as np
import pytest

from tf2_native.data import part_annotation
from tf2_native.errors import InputError


def test_small_and_unlabelled_shapes_are_left_out_and_the_rest_split(annotation_folder):
    train = part_annotation.read_split(annotation_folder, "train", 16)
    rest = part_annotation.read_split(annotation_folder, "val", 16)
    assert (len(train), len(rest)) == (6, 2)  # of 8: four fifths, rounded down
    assert train.class_names == ("wing", "body", "none")


def test_labels_follow_their_points(annotation_folder):
    clouds = part_annotation.read_split(annotation_folder, "train", 16).files[0].open()
    assert clouds.points.shape == (6, 16, 3)
    assert np.abs(clouds.points.mean(axis=1)).max() < 1e-6
    np.testing.assert_allclose(np.linalg.norm(clouds.points, axis=2).max(axis=1), 1, rtol=1e-6)
    stored = np.loadtxt(annotation_folder / "02691156" / "points" / "plane03.pts")
    # Undo the scaling.
    cloud = clouds.points[0].astype(np.float64)
    rng = np.random.default_rng(part_annotation.SAMPLING_SEED)
    chosen = rng.permutation(len(stored))[:16]
    scale = np.linalg.norm(stored[chosen] - stored[chosen].mean(axis=0), axis=1).max()
    np.testing.assert_allclose(cloud * scale + stored[chosen].mean(axis=0), stored[chosen], 1e-5)
    np.testing.assert_array_equal(clouds.labels[0], chosen % 3)


def test_every_reading_draws_the_same(annotation_folder):
    first, second = (
        part_annotation.read_split(annotation_folder, "val", 16).files[0].open() for _ in range(2)
    )
    np.testing.assert_array_equal(first.points, second.points)


def unnumbered(folder):
    (folder / "02691156" / "points" / "plane05.pts").write_text("a b c\n")


def a_folder(folder):
    (folder / "02691156" / "points" / "plane05.pts").unlink()
    (folder / "02691156" / "points" / "plane05.pts").mkdir()


def short_labels(folder):
    (folder / "02691156" / "points_label" / "wing" / "plane05.seg").write_text("1\n0\n")


def other_labels(folder):
    path = folder / "02691156" / "points_label" / "wing" / "plane05.seg"
    path.write_text(path.read_text().replace("1", "2"))


def labelled(parts, directory="02691156"):
    entry = {"Airplane": {"directory": directory, "lables": parts}}
    return lambda folder: (folder / "metadata.json").write_text(json.dumps(entry))


FAULTS = {
    "no metadata": (lambda f: (f / "metadata.json").unlink(), "metadata.json: cannot be read"),
    "metadata too deep": (
        lambda f: (f / "metadata.json").write_text("[" * 100_000),
        "metadata.json: is not JSON",
    ),
    "a cloud that is a folder": (a_folder, "plane05.pts: cannot be read as numbers"),
    "no category": (
        lambda f: (f / "metadata.json").write_text(json.dumps({"Mug": {}})),
        "no category 'Airplane'; there are Mug",
    ),
    "no directory": (
        lambda f: (f / "metadata.json").write_text(json.dumps({"Airplane": {}})),
        "Airplane must have 'directory' and 'lables'",
    ),
    "parts without names": (labelled([1, None]), "'lables' must be a list of names"),
    "parts as one name": (labelled("wing"), "'lables' must be a list of names"),
    "no parts": (labelled([]), "'lables' must be a list of names"),
    "a directory too long": (labelled(["wing"], "x" * 5000), "points: no such folder"),
    "a part too long": (labelled(["x" * 5000]), "holds no labelled shape of 16 points"),
    "no numbers": (unnumbered, "plane05.pts: cannot be read as numbers"),
    "other labels": (other_labels, "plane05.seg: holds 2, which is neither 0 nor 1"),
    "too few labels": (short_labels, "plane05.seg: has 2 numbers for the 25 points"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(annotation_folder, fault):
    spoil, message = FAULTS[fault]
    spoil(annotation_folder)
    with pytest.raises(InputError, match=message) as caught:
        part_annotation.read_split(annotation_folder, "train", 16)
    assert "\n" not in str(caught.value)


def test_no_shape_is_large_enough(annotation_folder):
    with pytest.raises(InputError, match="no labelled shape of 64 points"):
        part_annotation.read_split(annotation_folder, "train", 64)

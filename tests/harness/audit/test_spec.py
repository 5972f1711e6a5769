"""Descriptions: what is read, and the one line that refuses what cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.audit.samples import make_batches
from harness.audit.spec import Spec, SpecError, read_spec

GOOD = """
[reference]
runtime = "tf1"
build = "original:build"
outputs = { logits = "logits" }

[candidate]
runtime = "jax"
build = "native:build"

[inputs]
x = { shape = [4, 3] }
y = { shape = [4], classes = 5 }

[loss]
kind = "softmax_cross_entropy"
labels = "y"
"""


def read(folder: Path, text: str) -> Spec:
    file = folder / "spec.toml"
    file.write_text(text)
    return read_spec(file)


def test_a_good_description_is_read(tmp_path: Path) -> None:
    spec = read(tmp_path, GOOD)
    assert spec.title == "spec"
    assert (spec.reference.kind, spec.candidate.kind) == ("graph", "keras")
    assert spec.reference.path == str(tmp_path.resolve())
    assert spec.inputs["x"].shape == (4, 3)


@pytest.mark.parametrize(
    ("old", "new", "mentioned"),
    [
        ("[loss]", "[lost]", "unknown key 'lost'"),
        ('runtime = "tf1"', 'runtime = "tf3"', "reference.runtime: unknown runtime 'tf3'"),
        ('runtime = "tf1"', "runtime = 1", "reference.runtime: expected a string, found 1"),
        ('runtime = "tf1"', "", "reference: no 'runtime'"),
        ('runtime = "tf1"', 'runtime = "tf1"\nbild = "x"', "reference: unknown key 'bild'"),
        ('build = "original:build"', "", "neither build = 'module:function' nor a path"),
        ('build = "original:build"', 'build = "a b:c"', "is not module:function"),
        (
            'build = "original:build"',
            'build = "m:f"\npath = "gone"',
            "gone: no such file or folder",
        ),
        ('build = "original:build"', 'build = "m:f"\ncheckpoint = "c"', "c: no such checkpoint"),
        ('outputs = { logits = "logits" }', "", "reference.outputs: name at least one"),
        ('build = "native:build"', 'build = "native"', "names no function"),
        ('build = "native:build"', 'build = "native:build"\ntraining = "t"', "own training mode"),
        ("shape = [4, 3]", 'shape = "4, 3"', "inputs.x.shape: expected a list"),
        ("shape = [4, 3]", "shape = [0, 3]", "has a size below 1"),
        ("shape = [4, 3]", "uniform = [0.0, 1.0]", "inputs.x.shape: missing"),
        ("[4, 3]", "[4, 3], uniform = [1.0, 0.0]", "1.0 is not below 0.0"),
        ("[4, 3]", "[4, 3], uniform = [1.0]", "two numbers are needed"),
        ("[4, 3]", "[4, 3], normal = [0.0, 1.0], classes = 2", "exclude each other"),
        ("[4, 3]", '[4, 3], file = "x.npz"', "which array of x.npz"),
        ("[4, 3]", '[4, 3], file = "x.npz", array = "x"', "x.npz: no such file"),
        ("[4, 3]", '[4, 3], dtype = "float16"', "inputs.x.dtype: expected one of"),
        ("classes = 5", "one_hot = true", "how many classes"),
        ('labels = "y"', 'labels = "z"', "loss.labels: unknown 'z': one of x, y"),
        ('kind = "softmax_cross_entropy"', 'kind = "hinge"', "loss.kind: expected one of"),
        ("[inputs]", "[inputs", "not TOML"),
    ],
)
def test_a_wrong_description_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, mentioned: str
) -> None:
    assert old in GOOD
    with pytest.raises(SpecError) as refusal:
        read(tmp_path, GOOD.replace(old, new, 1))
    message = str(refusal.value)
    assert mentioned in message
    assert str(tmp_path / "spec.toml") in message
    assert "\n" not in message.strip()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="No such file"):
        read_spec(tmp_path / "none.toml")


def with_input(folder: Path, given: str) -> Spec:
    return read(folder, GOOD.replace("x = { shape = [4, 3] }", f"x = {{ {given} }}"))


def test_inputs_from_a_file_go_on_where_the_last_batch_ended(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", images=np.arange(18.0).reshape(6, 3))
    spec = with_input(tmp_path, 'shape = [4, 3], file = "data.npz", array = "images"')
    first, second = make_batches(spec, 2)
    assert first["x"][0, 0] == 0
    assert second["x"][:, 0].tolist() == [12, 15, 0, 3]


@pytest.mark.parametrize(
    ("given", "mentioned"),
    [
        ('shape = [4, 3], file = "data.npz", array = "label"', "has no 'label': it has images"),
        ('shape = [4, 5], file = "data.npz", array = "images"', "images of data.npz is [6, 3]"),
        ('shape = [4, 3], file = "spec.toml", array = "images"', "cannot be read"),
        ('file = "holes.npz", array = "images"', "NaN or infinite"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path: Path, given: str, mentioned: str) -> None:
    np.savez(tmp_path / "data.npz", images=np.zeros((6, 3)))
    np.savez(tmp_path / "holes.npz", images=np.full((6, 3), np.nan))
    with pytest.raises(SpecError) as refusal:
        make_batches(with_input(tmp_path, given), 1)
    assert mentioned in str(refusal.value)


def test_drawn_inputs_are_the_same_again_and_differ_by_step(tmp_path: Path) -> None:
    spec = read(tmp_path, GOOD)
    one, other = make_batches(spec, 2), make_batches(spec, 2)
    assert np.array_equal(one[1]["x"], other[1]["x"])
    assert not np.array_equal(one[0]["x"], one[1]["x"])
    assert one[0]["y"].dtype == np.int32
    assert set(np.concatenate([b["y"] for b in make_batches(spec, 20)])) == set(range(5))

"""Exchange files: what goes in comes out, and nothing is ever half there."""

from __future__ import annotations

import stat
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness import exchange
from harness.exchange import ExchangeError

ARRAYS = {
    "conv1/weights": np.linspace(-1, 1, 600, dtype=np.float32).reshape(20, 30),
    "labels": np.arange(4, dtype=np.int32),
    "loss": np.float64(0.1),
}


def test_arrays_attributes_and_noise_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    exchange.write(path, ARRAYS, {"model": "m", "steps": 3}, {"labels": 0.5, "conv1/weights": 2.0})
    arrays, attributes, noise = exchange.read(path)
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype
    assert attributes == {"model": "m", "steps": 3}
    assert noise == {"labels": 0.5, "conv1/weights": 2.0}


def test_read_arrays_gives_the_arrays_alone(tmp_path: Path) -> None:
    exchange.write(tmp_path / "a.h5", ARRAYS, {"model": "m"})
    assert exchange.read_arrays(tmp_path / "a.h5").keys() == ARRAYS.keys()


def test_values_that_are_not_finite_survive(tmp_path: Path) -> None:
    array = np.array([np.nan, np.inf, -np.inf, -0.0])
    exchange.write(tmp_path / "a.h5", {"a": array})
    assert exchange.read_arrays(tmp_path / "a.h5")["a"].tobytes() == array.tobytes()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused_by_name(tmp_path: Path, share: float) -> None:
    path = tmp_path / "a.h5"
    exchange.write(path, ARRAYS)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ExchangeError, match=r"a\.h5: truncated"):
        exchange.read(path)


def test_a_dataset_that_holds_nothing_is_refused_by_name(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["conv1/weights"] = h5py.Empty("f4")
    with pytest.raises(ExchangeError, match=r"a\.h5: dataset conv1/weights holds nothing"):
        exchange.read(tmp_path / "a.h5")


@pytest.mark.parametrize("content", [b"", b"weights,1,2,3\n" * 100])
def test_what_is_not_hdf5_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.h5"
    path.write_bytes(content)
    with pytest.raises(ExchangeError, match=r"a\.h5: .*not an HDF5 file"):
        exchange.read(path)


def test_a_refusal_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    path.write_bytes(b"nothing")
    with pytest.raises(ExchangeError) as caught:
        exchange.read(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match=r"b\.h5: no such file"):
        exchange.read(tmp_path / "b.h5")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="no such file"):
        exchange.read(tmp_path)


def test_a_failing_write_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        exchange.write(tmp_path / "a.h5", {**ARRAYS, "bad": np.array([object()])})
    assert list(tmp_path.iterdir()) == []


def test_a_failing_write_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    exchange.write(path, ARRAYS)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        exchange.write(path, {"a": np.zeros(3), "bad": np.array([object()])})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_old_content_stays_until_the_body_is_done(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with exchange.replacing(path) as temporary:
        Path(temporary).write_text("new")
        assert path.read_text() == "old"
        assert Path(temporary).parent == tmp_path
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_second_write_replaces_the_first(tmp_path: Path) -> None:
    exchange.write(tmp_path / "a.h5", ARRAYS)
    exchange.write(tmp_path / "a.h5", {"b": np.zeros(2)})
    assert list(exchange.read_arrays(tmp_path / "a.h5")) == ["b"]


def test_a_written_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    exchange.write(tmp_path / "a.h5", ARRAYS)
    (tmp_path / "other").write_text("")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_writing_below_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="cannot be written"):
        exchange.write(tmp_path / "none" / "a.h5", ARRAYS)


def test_under_and_grouped_are_inverse() -> None:
    arrays = {"conv1/weights": np.zeros(1), "fc1/biases": np.ones(2)}
    assert exchange.under(exchange.grouped("gradients", arrays), "gradients") == arrays
    trace = {
        **exchange.grouped("gradients", arrays),
        "gradients2/a": np.ones(3),
        "loss": np.ones(1),
    }
    kept = exchange.grouped("gradients", exchange.under(trace, "gradients"))
    assert list(kept) == ["gradients/conv1/weights", "gradients/fc1/biases"]

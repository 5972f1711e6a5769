"""Virtual data sets: any order of clouds out of many files, without reading the files whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.datasets import Clouds, DatasetError
from harness.datasets.hdf5 import write_clouds
from harness.datasets.virtual import VirtualClouds


def piece(n: int, seed: int, num_points: int = 16) -> Clouds:
    random = np.random.default_rng(seed)
    return Clouds(
        random.random((n, num_points, 3), dtype=np.float32),
        random.integers(0, 5, n, dtype=np.int32),
        random.random((n, num_points, 3), dtype=np.float32),
        random.integers(0, 50, (n, num_points), dtype=np.int32),
    )


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{i}.h5" for i in range(3)]
    for i, path in enumerate(found):
        write_clouds(path, piece(10 + i, i))
    return found


def test_clouds_come_in_the_order_asked_for(paths: list[Path]) -> None:
    whole = [piece(10 + i, i) for i in range(3)]
    index = [32, 0, 9, 10, 21, 20, 0]
    with VirtualClouds(paths) as clouds:
        assert (len(clouds), clouds.num_points) == (33, 16)
        found = clouds.read(index)
        labels = clouds.labels()
    for name in ("points", "labels", "normals", "parts"):
        expected = np.concatenate([getattr(w, name) for w in whole])
        np.testing.assert_array_equal(getattr(found, name), expected[index])
        assert getattr(found, name).dtype == expected.dtype
    np.testing.assert_array_equal(labels, np.concatenate([w.labels for w in whole]))


def test_what_only_some_files_have_is_left_out(paths: list[Path]) -> None:
    with h5py.File(paths[1], "r+") as file:
        del file["normal"]
    with VirtualClouds(paths) as clouds:
        assert clouds.read([0]).normals is None
        assert clouds.read([0]).parts is not None


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts bytes in /proc")
def test_a_batch_is_read_without_reading_a_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.h5"
    write_clouds(path, piece(400, 0, num_points=2048))
    code = (
        "import sys, re\n"
        "from pathlib import Path\n"
        "from harness.datasets.virtual import VirtualClouds\n"
        "count = lambda: int(re.search(r'rchar: (\\d+)', open('/proc/self/io').read())[1])\n"
        "with VirtualClouds([Path(sys.argv[1])]) as clouds:\n"
        "    before = count()\n"
        "    clouds.read([399, 7, 123, 250])\n"
        "    print(count() - before)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    size = path.stat().st_size
    # Four of four hundred: a hundredth, and HDF5's indices.
    assert size / 200 < int(run.stdout) < size / 20


@pytest.mark.parametrize("index", [[-1], [33], [0, 40]])
def test_what_is_not_there_is_refused(paths: list[Path], index: list[int]) -> None:
    with VirtualClouds(paths) as clouds, pytest.raises(DatasetError, match="but there are 33"):
        clouds.read(index)


def test_a_missing_file_is_not_zeros(paths: list[Path]) -> None:
    paths[1].unlink()
    with pytest.raises(DatasetError, match=r"1\.h5: no such file"):
        VirtualClouds(paths)


def test_files_that_do_not_fit(paths: list[Path], tmp_path: Path) -> None:
    write_clouds(tmp_path / "other.h5", piece(3, 0, num_points=8))
    with pytest.raises(DatasetError, match=r"other\.h5: 'data' is float32 \(8, 3\) a cloud"):
        VirtualClouds([*paths, tmp_path / "other.h5"])
    (tmp_path / "cut.h5").write_bytes(paths[0].read_bytes()[:500])
    with pytest.raises(DatasetError, match=r"cut\.h5: truncated"):
        VirtualClouds([*paths, tmp_path / "cut.h5"])
    with pytest.raises(DatasetError, match="no files"):
        VirtualClouds([])

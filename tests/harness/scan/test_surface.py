"""The data on installed packages: of the release that is installed, and right where we know it."""

from __future__ import annotations

from importlib import metadata

import pytest

from harness.scan.surface import Signature, load


@pytest.mark.parametrize("package", ["tensorflow", "keras"])
def test_the_data_is_of_the_installed_release(package: str) -> None:
    ours, installed = load().versions[package], metadata.version(package)
    assert ours.split(".")[:2] == installed.split(".")[:2], (
        "make it again: python -m harness.workers.api_surface harness/scan/surface.json.gz"
    )


@pytest.mark.parametrize(
    ("module", "name", "there"),
    [
        ("tensorflow", "reduce_sum", True),
        ("tensorflow", "placeholder", False),
        ("tensorflow", "contrib", False),
        ("tensorflow.compat.v1", "placeholder", True),
        ("tensorflow.compat.v1.layers", "dense", False),
        ("tensorflow.keras.layers", "Dense", True),
        ("numpy", "float64", True),
        ("numpy", "float", False),
        ("string", "ascii_letters", True),
        ("string", "letters", False),
        ("numpy", "_core", True),
    ],
)
def test_names(module: str, name: str, there: bool) -> None:
    surface = load()
    entry = surface.entry("tensorflow", "keras")
    where = module.replace("tensorflow.keras", (entry or "m:tensorflow.keras")[2:])
    assert (surface.entry(where, name) is not None) is there


def test_functions_that_refuse_eager_mode_are_marked() -> None:
    surface = load()
    for name, refuses in (("placeholder", True), ("gradients", True), ("get_variable", False)):
        entry = surface.entry("tensorflow.compat.v1", name)
        assert entry is not None
        assert entry.endswith("!") is refuses, name


def test_signatures_are_read() -> None:
    read = Signature.parse("self,/x,y,axis=,*,name=,**more", bound=True)
    assert read.positional == ("x", "y", "axis")
    assert read.required == 2
    assert read.keywords == {"y": False, "axis": True, "name": True}
    assert read.more_keywords
    assert not read.more_positional

"""The result file: what is written is read back, and nothing out of format gets through."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from harness.report import Equivalence, ReportError

Document = dict[str, Any]


@pytest.mark.parametrize("name", ["agreement", "departure"])
def test_round_trip(name: str, request: pytest.FixtureRequest) -> None:
    document = request.getfixturevalue(name)
    again = Equivalence.from_json(document).to_json()
    assert again == document
    assert json.loads(json.dumps(again, allow_nan=False)) == document


def test_infinity_and_nan_are_read_back(departure: Document) -> None:
    found = Equivalence.from_json(departure)
    ratios = [result.worst.ratio for result in found.results if result.worst]
    assert math.inf in ratios
    assert any(math.isnan(run.relative[-1]) for run in found.trajectory)


def test_objects_cannot_be_changed(agreement: Document) -> None:
    found = Equivalence.from_json(agreement)
    with pytest.raises(AttributeError):
        found.results[0].status = "fail"  # type: ignore[misc]


def replaced(*path: str | int, by: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = by

    return change


def removed(*path: str | int) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return change


def repeated(document: Document) -> None:
    document["results"].append(copy.deepcopy(document["results"][0]))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (replaced("schema", by=2), "expected schema 1, found 2"),
        (removed("schema"), "expected schema 1, found None"),
        (removed("machine"), "no 'machine'"),
        (removed("results", 3, "worst"), r"results\[3\]: no 'worst'"),
        (replaced("results", 3, "status", by="passed"), r"results\[3\]\.status: expected one of"),
        (replaced("results", 3, "surprise", by=1), r"results\[3\]: unknown key 'surprise'"),
        (replaced("results", 3, "tensors", by=1.5), r"tensors: expected an integer, found 1\.5"),
        (replaced("results", 3, "tensors", by=True), "tensors: expected an integer, found True"),
        (replaced("results", 3, "seconds", by="1"), "seconds: expected a number, found '1'"),
        (replaced("results", 3, "seconds", by=False), "seconds: expected a number, found False"),
        (replaced("results", 3, "rung", by=None), "rung: expected a string, found None"),
        (replaced("results", 3, "worst", by=[]), "worst: expected an object"),
        (replaced("results", by={}), "results: expected a list"),
        (replaced("references", 0, "took_part", by=1), "took_part: expected true or false"),
        (replaced("subjects", 0, "versions", "numpy", by=2), "versions.numpy: expected a string"),
        (
            replaced("trajectory", 0, "noise", by=[1.0]),
            r"trajectory\[0\]: 50 errors but 1 values of noise",
        ),
        (repeated, r"results\[280\]: a second verdict on pointnet_cls float64 structure"),
    ],
)
def test_what_is_out_of_format_is_named(
    agreement: Document, change: Callable[[Document], None], expected: str
) -> None:
    change(agreement)
    with pytest.raises(ReportError, match=expected) as caught:
        Equivalence.from_json(agreement, "somewhere/equivalence.json")
    assert str(caught.value).startswith("somewhere/equivalence.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("document", [None, [], "text", 1])
def test_what_is_not_an_object_is_refused(document: Any) -> None:
    with pytest.raises(ReportError, match="expected schema 1"):
        Equivalence.from_json(document)

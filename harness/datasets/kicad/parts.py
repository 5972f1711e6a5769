"""Which material makes which part: the labels of the part data set.

The library's models share one palette of named materials, and a name says what the thing is made
of: `PIN-01` and `PIN-02` are metal, `IC-BODY-EPOXY-*` moulded plastic, `IC-LABEL-01` print. What
part of a component that is depends on the component, hence a table for each category. A model that
shows a material its category's table leaves out, or one without a name, has no part labels.

Sixteen categories and fifty parts, as many as ShapeNet's, so that networks made for those fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from harness.datasets.shapenet_part import Taxonomy

_PINS = ("PIN-01", "PIN-02")
_LENSES = ("LED-BLACK", "LED-BLUE", "LED-GREEN", "LED-GREY", "LED-RED", "LED-WHITE", "LED-YELLOW")

# Category, part, materials.
PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Button_Switch_SMD": {
            "body": ("IC-BODY-EPOXY-04", "PLASTIC-BLUE-01"),
            "actuator": ("PLASTIC-WHITE-01", "RED-BODY"),
            "pin": _PINS,
        },
        "Button_Switch_THT": {
            "body": ("IC-BODY-EPOXY-04", "PLASTIC-BLUE-01"),
            "actuator": ("PLASTIC-WHITE-01", "RED-BODY"),
            "pin": _PINS,
        },
        "Capacitor_SMD": {
            "body": (
                *("CAP-CERAMIC-06", "IC-BODY-EPOXY-04"),
                *("PLASTIC-BLUE-01", "PLASTIC-WHITE-01", "PLASTIC-YELLOW-01"),
            ),
            "metal": (*_PINS, "MET-ALUMINUM"),
            "marking": ("PLASTIC-ORANGE-01",),
        },
        "Capacitor_THT": {
            "body": (
                *("CAP-CERAMIC-05", "RED-BODY"),
                *("PLASTIC-BLUE-01", "PLASTIC-ORANGE-01", "PLASTIC-YELLOW-01"),
            ),
            "metal": _PINS,
            "marking": ("IC-LABEL-01", "RES-THT-01"),
            "seal": ("IC-BODY-EPOXY-04",),
        },
        "Connector_Dsub": {
            "metal": _PINS,
            "insert": ("PLASTIC-WHITE-01",),
            "housing": ("IC-BODY-EPOXY-04",),
        },
        "Connector_FFC-FPC": {
            "housing": ("PLASTIC-WHITE-01",),
            "latch": ("IC-BODY-EPOXY-04",),
            "contact": _PINS,
        },
        "Connector_JST": {
            "housing": ("PLASTIC-WHITE-01",),
            "contact": _PINS,
        },
        "Connector_Phoenix_MC": {
            "housing": ("PLASTIC-GREEN-01",),
            "contact": ("PIN-01",),
            "flange": ("PIN-02",),
        },
        "Connector_PinHeader": {
            "housing": ("IC-BODY-EPOXY-04",),
            "pin": _PINS,
        },
        "Diode_THT": {
            "body": ("IC-BODY-EPOXY-01", "IC-BODY-EPOXY-04"),
            "lead": _PINS,
            "band": ("LED-RED", "PLASTIC-WHITE-01"),
            "glass": ("GLASS-13",),
        },
        "Display_7Segment": {
            "case": ("IC-BODY-EPOXY-01", "IC-BODY-EPOXY-04", "PLASTIC-WHITE-01"),
            "segment": (*_LENSES, "PLASTIC-ORANGE-01", "RED-BODY"),
            "pin": _PINS,
            "window": ("GLASS-19",),
        },
        "Inductor_THT": {
            "body": ("CAP-CERAMIC-05", "IC-BODY-EPOXY-01", "IC-BODY-EPOXY-04", "PLASTIC-BLUE-01"),
            "copper": ("MET-COPPER",),
            "base": ("PLASTIC-WHITE-01",),
            "lead": _PINS,
        },
        "LED_THT": {
            "lens": (*_LENSES, "PLASTIC-GREEN-01"),
            "lead": _PINS,
            "holder": ("IC-BODY-EPOXY-04",),
        },
        "Package_DFN_QFN": {
            "body": ("IC-BODY-EPOXY-04",),
            "lead": _PINS,
            "marking": ("IC-LABEL-01",),
        },
        "Package_SO": {
            "body": ("IC-BODY-EPOXY-04",),
            "lead": _PINS,
            "marking": ("IC-LABEL-01",),
        },
        "Resistor_SMD": {
            "body": ("PLASTIC-WHITE-01", "RES-THT-01"),
            "terminal": _PINS,
            "film": ("PLASTIC-GREEN-01", "RES-SMD-01"),
        },
    }
)

TAXONOMY = Taxonomy.of(PARTS)


def part_of_material(category: str) -> dict[str, int]:
    """For each material of a category's table, the part, numbered through all categories."""
    if category not in PARTS:
        return {}
    first = TAXONOMY.parts_of(TAXONOMY.names.index(category))[0]
    return {
        material: first + number
        for number, materials in enumerate(PARTS[category].values())
        for material in materials
    }


def label_faces(
    category: str, materials: npt.NDArray[np.int32], names: tuple[str, ...]
) -> npt.NDArray[np.int32] | None:
    """The part of each face, from the material it is made of.

    Arguments:
        category: of the model.
        materials: int32, F; positions in `names`.
        names: of the materials the model uses; those it only declares do not matter.

    Returns:
        int32, F; None where a material in use is not in the category's table.
    """
    table = part_of_material(category)
    if not set(names) <= set(table):
        return None
    return np.array([table[name] for name in names], np.int32)[materials]

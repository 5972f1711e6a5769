"""Which folders of the library make which category.

The library has 90 folders of models, some of which differ in the pitch of the pins alone: these are
one category here, for a cloud has no absolute size. Of what results, the forty with the most models
are the data set, as many as ModelNet40 has; the smallest three have 28 each.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# By category, the folders joined; a category that is not listed is the folder of its name.
_JOINED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Capacitor_SMD": ("Capacitor_SMD", "Capacitor_Tantalum_SMD"),
        "Connector_Phoenix_MC": ("Connector_Phoenix_MC", "Connector_Phoenix_MC_HighVoltage"),
        "Connector_PinHeader": tuple(
            f"Connector_PinHeader_{pitch}mm" for pitch in ("1.00", "1.27", "2.00", "2.54")
        ),
        "Connector_PinSocket": tuple(
            f"Connector_PinSocket_{pitch}mm" for pitch in ("1.00", "1.27", "2.00", "2.54")
        ),
        "Converter": ("Converter_ACDC", "Converter_DCDC"),
        "Package_DFN_QFN": ("Package_DFN_QFN", "Package_SON"),
        "Relay": ("Relay_SMD", "Relay_THT"),
        "TerminalBlock": ("TerminalBlock_Altech", "TerminalBlock_Phoenix"),
    }
)

CATEGORIES = (
    "Button_Switch_SMD",
    "Button_Switch_THT",
    "Capacitor_SMD",
    "Capacitor_THT",
    "Connector_Dsub",
    "Connector_FFC-FPC",
    "Connector_IDC",
    "Connector_JST",
    "Connector_Molex",
    "Connector_Phoenix_GMSTB",
    "Connector_Phoenix_MC",
    "Connector_Phoenix_MSTB",
    "Connector_PinHeader",
    "Connector_PinSocket",
    "Converter",
    "Crystal",
    "Diode_SMD",
    "Diode_THT",
    "Display",
    "Display_7Segment",
    "Fuse",
    "Inductor_SMD",
    "Inductor_THT",
    "LED_SMD",
    "LED_THT",
    "Mounting_Wuerth",
    "OptoDevice",
    "Package_BGA",
    "Package_DFN_QFN",
    "Package_DIP",
    "Package_QFP",
    "Package_SO",
    "Package_TO_SOT_SMD",
    "Package_TO_SOT_THT",
    "Relay",
    "Resistor_SMD",
    "Resistor_THT",
    "TerminalBlock",
    "Transformer_THT",
    "Varistor",
)

# The category of each folder that is used.
CATEGORY_OF: Mapping[str, str] = MappingProxyType(
    {folder: name for name in CATEGORIES for folder in _JOINED.get(name, (name,))}
)

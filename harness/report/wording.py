"""How numbers are written for readers."""

from __future__ import annotations

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Two digits that matter: 0, 0.84, 12, 450, 3.2×10⁻¹⁵, ∞."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    power = int(exponent)
    if not -2 <= power <= 3:
        return f"{mantissa}×{power_of_ten(power)}"
    return f"{value:.0f}" if power >= 1 else f"{value:.{1 - power}f}"


def ratio(value: float) -> str:
    """Distance over noise, to be read down a column: 0, <0.1, 1.9, 31.0, 450, 3.2×10⁹, ∞."""
    if 0 < value < 0.1:
        return "<0.1"
    return f"{value:.1f}" if 0 < value < 99.95 else number(value)


def power_of_ten(power: int) -> str:
    """10⁻¹⁵, from -15."""
    return f"10{str(power).translate(_SUPERSCRIPTS)}"


def duration(seconds: float) -> str:
    """Seconds up to a minute and a half, then minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def count(n: int, noun: str) -> str:
    """A number with its noun: 1 check, 1,204 checks."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"

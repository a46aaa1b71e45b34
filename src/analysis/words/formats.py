"""How numbers are written. Rounding is half-even on the decimal value, the minus sign is U+2212."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

MINUS = "−"
DASH = "—"
Number = float | int | str | Decimal


def code_point(sign: str) -> str:
    """Return what is printed for a sign that no font has: its code point, which a table of characters lists."""
    return f"〔U+{ord(sign):04X}〕"


def decimal_of(value: Number) -> Decimal:
    """Return the decimal number a value stands for (the shortest decimal of a float, not its binary value)."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def decimals_of(value: Decimal) -> int:
    """Return how many decimals a number is stated with: 2.50 → 2."""
    return max(0, -int(value.as_tuple().exponent))


def number(value: Number, places: int = 0, *, sign: bool = False) -> str:
    """Return a number with thousands commas; `sign` also prints `+`. A missing value is an em dash."""
    if isinstance(value, float) and math.isnan(value):
        return DASH
    rounded = decimal_of(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = f"{abs(rounded):,.{places}f}"
    if rounded < 0:
        return MINUS + text
    return "+" + text if sign and rounded > 0 else text


def shortest(value: float) -> str:
    """Return a round number with no more decimals than it has: 500, 0.5; on an axis."""
    return number(value, decimals_of(Decimal(f"{value:.10g}").normalize()))


def stored_number(text: str) -> str:
    """Return a number stored as decimal text as it is printed, with the places it has: 1000.00 → 1,000.00; "" → ""."""
    return number(text, len(text.partition(".")[2])) if text else ""


def percent(fraction: float | str | Decimal, places: int = 1, *, sign: bool = False) -> str:
    """Return a fraction as a percentage: 0.9733 → 97.3%."""
    if isinstance(fraction, float) and math.isnan(fraction):
        return DASH
    return number(decimal_of(fraction) * 100, places, sign=sign) + "%"


def chance(probability: float) -> str:
    """Return a probability in per cent; one below 0.1% is no 0.0%: 0.0833 → 8.3%, 0.0000003 → <0.1%."""
    return "<0.1%" if probability < 0.001 else percent(probability)


@dataclass(frozen=True)
class Form:
    """How a number is printed; call it with the number.

    Attributes:
        places: decimals.
        divisor: what the number is divided by to be what is printed: 10,000 for 万元, 0.01 for percentage points.
        percent: whether it is a fraction printed in per cent.
        sign: whether a plus is printed too.
        size: whether the sign is left out.
    """

    places: int = 0
    divisor: Decimal = Decimal(1)
    percent: bool = False
    sign: bool = False
    size: bool = False

    def __call__(self, value: Number) -> str:
        """Return the number as printed; a missing one is an em dash."""
        if isinstance(value, float) and math.isnan(value):
            return DASH
        write = percent if self.percent else number
        return write(self.scaled(value), self.places, sign=self.sign)

    def showing(self, value: Number) -> Form:
        """Return the form with as many decimals more as a small number needs for two digits: 0.0031, not 0.00.

        What is less than one before it is divided is nought beside such numbers.
        """
        if abs(decimal_of(value)) < 1:
            return self
        return replace(self, places=max(self.places, 1 - self.scaled(value).adjusted()))

    def scaled(self, value: Number) -> Decimal:
        """Return the number that is printed, with all its digits; a fraction for one in per cent."""
        scaled = decimal_of(value) / self.divisor
        return abs(scaled) if self.size else scaled

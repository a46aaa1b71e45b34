"""Rounding by a declared rule on exact numbers.

Python's `round(2.675, 2)` is 2.67, because the nearest binary number lies below 2.675; numpy scales first and says
2.68. Neither is a rule. Here a number is what its decimal text says, and is rounded once.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

Rule = Literal["half_even", "half_up"]


def round_to(value: Decimal | Fraction | int | str, unit: Decimal | str, rule: Rule = "half_even") -> Decimal:
    """Return an exact number rounded once to a whole multiple of `unit`.

    In words: the nearest multiple; of two equally near ones `half_even` (GB/T 8170, 四舍六入五成双) takes the even,
    `half_up` (四舍五入) the one farther from zero. A unit of 0.5 or 0.2 follows the same standard.

    Args:
        value: the number; text such as "28.350" stands for itself.
        unit: what is rounded to: 0.01, 1, 100.
        rule: what happens half-way.

    Returns:
        A decimal with the places of the unit; never minus zero.

    Raises:
        ValueError: a unit that is not positive, a rule that does not exist.
        TypeError: a float, which is not what was written.
    """
    if isinstance(value, float):
        raise TypeError("a float is not the number that was written: give a Decimal or its text")
    step = Decimal(unit)
    if step <= 0 or rule not in get_args(Rule):
        raise ValueError("a positive unit and a rule half_even or half_up are needed")
    exact, (above, below) = Fraction(value), step.as_integer_ratio()
    size = exact.denominator * above
    # twice the rest against the size: whole numbers, since fractions are compared slowly
    whole, rest = divmod(abs(exact.numerator) * below, size)
    if 2 * rest > size or (2 * rest == size and (rule == "half_up" or whole % 2)):
        whole += 1
    rounded = whole * step
    return -rounded if exact < 0 and rounded else rounded

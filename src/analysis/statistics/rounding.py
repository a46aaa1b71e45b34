"""Rounding by a declared rule on exact numbers, and ranks.

Python's `round(2.675, 2)` is 2.67, because the nearest binary number lies below 2.675; numpy scales first and says
2.68. Neither is a rule. Here a number is what its decimal text says, and is rounded once.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

Rule = Literal["half_even", "half_up"]
Ties = Literal["min", "max", "average", "dense", "first"]


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
    whole, rest = divmod(abs(Fraction(value)) / Fraction(step), 1)
    half = Fraction(1, 2)
    if rest > half or (rest == half and (rule == "half_up" or whole % 2)):
        whole += 1
    rounded = int(whole) * step
    return -rounded if Fraction(value) < 0 and rounded else rounded


def ranks(values: ArrayLike, higher_is_better: bool = True, ties: Ties = "min") -> np.ndarray:
    """Return ranks, 1 for the best; equal values share the better rank (1-2-2-4) unless told otherwise.

    Values are compared as they are: 0.1 + 0.2 ranks above 0.3. Round before ranking.

    Args:
        values: shape (n,); decimals are compared exactly.
        higher_is_better: whether the largest value has rank 1.
        ties: which rank equal values get: the better (`min`), the worse (`max`), the mean (`average`), the better
            without gaps after it (`dense`), or one each in the order given (`first`).

    Returns:
        Ranks as floats of shape (n,); missing for missing values.

    Raises:
        ValueError: an unknown way with ties.
    """
    if ties not in get_args(Ties):
        raise ValueError("ties are min, max, average, dense or first")
    array = np.asarray(values)
    if array.dtype == object:
        # decimals: their order among themselves, before floats can blur it
        array = np.unique(array, return_inverse=True)[1]
    array = array.astype(float)
    found: np.ndarray = np.full(array.shape, np.nan)
    known = ~np.isnan(array)
    found[known] = stats.rankdata(
        -array[known] if higher_is_better else array[known], method="ordinal" if ties == "first" else ties
    )
    return found
